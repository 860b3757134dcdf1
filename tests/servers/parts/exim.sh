# Exim: SMTP (plain with STARTTLS, implicit TLS, with an expired certificate, and without any extension).
# Mail for users at localhost goes into Dovecot by LMTP; for everybody else into the Maildir exim/delivered.
# Refused are nobody550@ (550) and bad553@ (553), put off is later451@ (451), at any domain.

start_exim() {
  mkdir -p exim/{spool,log,delivered}
  . "$here/parts/users.sh"
  users > exim/passwords
  local user group bare
  user=$(id -un)
  group=$(id -gn)
  bare=$(port_of exim-bare)
  # what everybody but those who come by the bare port is offered
  local unless_bare="\${if eq{\$received_port}{$bare}{}{*}}"
  # The lookup's value is the whole password: nothing in it is taken for a separator.
  lookup() { printf '${lookup{%s}lsearch{%s}}' "$1" "$dir/exim/passwords"; }
  cat > exim/exim.conf <<C
primary_hostname = localhost
spool_directory = $dir/exim/spool
log_file_path = $dir/exim/log/%s
pid_file_path = $dir/exim.pid
exim_user = $user
exim_group = $group
never_users =
trusted_users = $user
deliver_drop_privilege = true
keep_environment =
local_interfaces = 127.0.0.1
daemon_smtp_ports = $(port_of exim-smtp) : $(port_of exim-smtps) : $(port_of exim-expired) : $bare
tls_on_connect_ports = $(port_of exim-smtps) : $(port_of exim-expired)
tls_advertise_hosts = $unless_bare
tls_certificate = $dir/certificates/\${if eq{\$received_port}{$(port_of exim-expired)}{expired}{server}}.pem
tls_privatekey = $dir/certificates/\${if eq{\$received_port}{$(port_of exim-expired)}{expired}{server}}.key
auth_advertise_hosts = $unless_bare
chunking_advertise_hosts = $unless_bare
dsn_advertise_hosts = $unless_bare
smtputf8_advertise_hosts = *
pipelining_advertise_hosts = *
message_size_limit = 20M
smtp_accept_max = 50
smtp_accept_max_per_host = 50
smtp_accept_queue_per_connection = 0
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_mail = accept
acl_smtp_rcpt = recipient
acl_smtp_data = accept
domainlist ours = localhost

begin acl
recipient:
  deny message = 550 no such user here
    local_parts = nobody550
  deny message = 553 mailbox name not allowed
    local_parts = bad553
  defer message = 451 try again later
    local_parts = later451
  accept domains = +ours
  accept authenticated = *
  accept condition = \${if eq{\$received_port}{$bare}}
  deny message = 550 relaying denied

begin routers
mailboxes:
  driver = manualroute
  domains = +ours
  transport = lmtp
  route_list = * 127.0.0.1
  self = send
elsewhere:
  driver = accept
  transport = maildir

begin transports
lmtp:
  driver = smtp
  protocol = lmtp
  port = $(port_of dovecot-lmtp)
  hosts_avoid_tls = *
  return_path_add
maildir:
  driver = appendfile
  maildir_format
  directory = $dir/exim/delivered
  user = $user
  group = $group
  envelope_to_add
  return_path_add

begin retry
* * F,1h,2s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\$auth3}{$(lookup '$auth2')}}
  server_set_id = \$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = \${if eq{\$auth2}{$(lookup '$auth1')}}
  server_set_id = \$auth1
cram_md5:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = $(lookup '$auth1')
  server_set_id = \$auth1
ntlm:
  driver = spa
  public_name = NTLM
  server_password = $(lookup '$auth1')
  server_set_id = \$auth1
C
  # Dovecot knows the others.
  local mechanism
  for mechanism in DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER GSSAPI; do
    cat >> exim/exim.conf <<C
$(tr 'A-Z-' 'a-z_' <<< "$mechanism"):
  driver = dovecot
  public_name = $mechanism
  server_socket = $dir/dovecot/run/auth-client
  server_set_id = \$auth1
C
  done
  rm -f exim.pid
  /usr/sbin/exim4 -C "$dir/exim/exim.conf" -bd -q2s
  wait_until 5 test -s exim.pid
}
