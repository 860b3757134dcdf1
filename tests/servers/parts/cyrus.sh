# Cyrus: a second IMAP and POP3 server, and the only one here that speaks NTLM for them; LMTP.

start_cyrus() {
  local bin=$cyrus_root/usr/lib/cyrus/bin
  [ -x "$bin/imapd" ] || { echo "Cyrus is not unpacked in $cyrus_root; run tests/servers/install"; return 1; }
  mkdir -p cyrus/{conf,spool,sock} cyrus/conf/{db,socket,proc,log,msg,ptclient,user,quota,lock}
  . "$here/parts/users.sh"
  if [ ! -e cyrus/sasldb ]; then
    printf '%s\n' alice:wonderland 'bob:pa ss"w\ö{3}%' box1:wonderland box2:wonderland box3:wonderland |
      while IFS=: read -r name password; do
        printf '%s' "$password" | /usr/sbin/saslpasswd2 -p -c -f cyrus/sasldb -u localhost "$name"
      done
  fi
  cat > cyrus/imapd.conf <<C
configdirectory: $dir/cyrus/conf
defaultpartition: default
partition-default: $dir/cyrus/spool
cyrus_user: $(id -un)
admins: admin
servername: localhost
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: Deleted Items
allowplaintext: yes
allowapop: yes
popminpoll: 0
failedloginpause: 0
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $dir/cyrus/sasldb
sasl_mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 NTLM SCRAM-SHA-1 SCRAM-SHA-256 GSSAPI
sasl_minimum_layer: 0
sasl_maximum_layer: 0
tls_server_cert: $dir/certificates/server.pem
tls_server_key: $dir/certificates/server.key
lmtp_downcase_rcpt: yes
idlesocket: $dir/cyrus/sock/idle
lmtpsocket: $dir/cyrus/sock/lmtp
notifysocket: $dir/cyrus/sock/notify
conversations: no
search_engine: none
syslog_prefix: cyrus
C
  local imapd="$bin/imapd -C $dir/cyrus/imapd.conf -U 30" pop3d="$bin/pop3d -C $dir/cyrus/imapd.conf -U 30"
  cat > cyrus/cyrus.conf <<C
START {
  recover cmd="$bin/ctl_cyrusdb -C $dir/cyrus/imapd.conf -r"
}
SERVICES {
  imap cmd="$imapd" listen="127.0.0.1:$(port_of cyrus-imap)" prefork=0 maxchild=50
  imaps cmd="$imapd -s" listen="127.0.0.1:$(port_of cyrus-imaps)" prefork=0 maxchild=50
  pop3 cmd="$pop3d" listen="127.0.0.1:$(port_of cyrus-pop3)" prefork=0 maxchild=50
  pop3s cmd="$pop3d -s" listen="127.0.0.1:$(port_of cyrus-pop3s)" prefork=0 maxchild=50
  lmtp cmd="$bin/lmtpd -C $dir/cyrus/imapd.conf -a" listen="127.0.0.1:$(port_of cyrus-lmtp)" prefork=0 maxchild=20
}
EVENTS {
}
C
  rm -f cyrus.pid
  KRB5_KTNAME=$dir/kerberos/services.keytab KRB5_CONFIG=$dir/kerberos/krb5.conf \
    LD_LIBRARY_PATH=$cyrus_root/usr/lib/x86_64-linux-gnu:$cyrus_root/lib/x86_64-linux-gnu \
    "$bin/master" -d -C "$dir/cyrus/imapd.conf" -M "$dir/cyrus/cyrus.conf" -p "$dir/cyrus.pid" \
    -L "$dir/cyrus/master.log"
  wait_until 5 test -s cyrus.pid
}
