# Dovecot: IMAP and POP3 (plain with STARTTLS or STLS, and implicit TLS), LMTP, and the authentication that Exim asks.

start_dovecot() {
  mkdir -p dovecot/{run,state,mail}
  . "$here/parts/users.sh"
  users | sed 's/:/:{PLAIN}/; s/$/::::::/; /^kim:/s/$/k5principals=kim@TEST.LOCAL/' > dovecot/users
  local user group
  user=$(id -un)
  group=$(id -gn)
  cat > dovecot/oauth2.conf <<C
introspection_mode = post
introspection_url = http://127.0.0.1:$(port_of tokens)/introspect
username_attribute = username
active_attribute = active
active_value = true
C
  cat > dovecot/dovecot.conf <<C
base_dir = $dir/dovecot/run
state_dir = $dir/dovecot/state
log_path = $dir/dovecot/log
auth_verbose = yes
listen = 127.0.0.1
protocols = imap pop3 lmtp
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 0
ssl = yes
ssl_cert = <$dir/certificates/server.pem
ssl_key = <$dir/certificates/server.key
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = plain login apop cram-md5 digest-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer gssapi
auth_realms = localhost
auth_default_realm = localhost
auth_username_format = %Ln
auth_krb5_keytab = $dir/kerberos/services.keytab
auth_gssapi_hostname = "\$ALL"
auth_failure_delay = 0
mail_location = maildir:$dir/dovecot/mail/%n
mail_max_userip_connections = 100
mail_fsync = never
namespace inbox {
  inbox = yes
  separator = /
  mailbox "Deleted Items" {
    auto = create
    special_use = \\Trash
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  # otherwise the next database is asked, which takes the password for a token
  result_failure = return-fail
  args = $dir/dovecot/oauth2.conf
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n $dir/dovecot/users
}
userdb {
  driver = static
  args = uid=$(id -u) gid=$(id -g) home=$dir/dovecot/mail/%n
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    # After a wrong password everybody from the same address would wait up to 15 seconds, and here that is all of
    # us. A socket that may not be written to is found at once; one that is missing is waited for.
    mode = 0400
  }
}
service imap-login {
  chroot =
  process_min_avail = 1
  inet_listener imap {
    port = $(port_of dovecot-imap)
  }
  inet_listener imaps {
    port = $(port_of dovecot-imaps)
    ssl = yes
  }
}
service pop3-login {
  chroot =
  process_min_avail = 1
  inet_listener pop3 {
    port = $(port_of dovecot-pop3)
  }
  inet_listener pop3s {
    port = $(port_of dovecot-pop3s)
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = $(port_of dovecot-lmtp)
  }
}
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
service stats {
  chroot =
}
C
  # a socket that Dovecot could not clear away itself
  rm -f dovecot/run/anvil-auth-penalty
  dovecot -c "$dir/dovecot/dovecot.conf"
  wait_until 5 test -s dovecot/run/master.pid
  cp dovecot/run/master.pid dovecot.pid
}
