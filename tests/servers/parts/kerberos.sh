# MIT Kerberos: realm TEST.LOCAL, the user kim (kerberos/kim.keytab), service keys for imap, pop and smtp on localhost.

start_kerberos() {
  mkdir -p kerberos
  cat > kerberos/krb5.conf <<C
[libdefaults]
  default_realm = TEST.LOCAL
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  TEST.LOCAL = {
    kdc = 127.0.0.1:$(port_of kerberos)
  }
[domain_realm]
  localhost = TEST.LOCAL
C
  cat > kerberos/kdc.conf <<C
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:$(port_of kerberos)
[realms]
  TEST.LOCAL = {
    database_name = $dir/kerberos/principal
    key_stash_file = $dir/kerberos/stash
    acl_file = $dir/kerberos/acl
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }
[logging]
  kdc = FILE:$dir/kerberos/kdc.log
  admin_server = FILE:$dir/kerberos/admin.log
C
  export KRB5_CONFIG=$dir/kerberos/krb5.conf KRB5_KDC_PROFILE=$dir/kerberos/kdc.conf
  if [ ! -e kerberos/principal ]; then
    /usr/sbin/kdb5_util create -s -r TEST.LOCAL -P throw-away
    /usr/sbin/kadmin.local > kerberos/kadmin.log <<C
addprinc -randkey kim
addprinc -randkey imap/localhost
addprinc -randkey pop/localhost
addprinc -randkey smtp/localhost
ktadd -k kerberos/services.keytab imap/localhost pop/localhost smtp/localhost
ktadd -k kerberos/kim.keytab kim
C
    chmod a+r kerberos/kim.keytab
  fi
  /usr/sbin/krb5kdc -P "$dir/kerberos.pid" -r TEST.LOCAL
}
