# A throw-away certificate authority, and what it signs.
#
#   ca.pem        the authority
#   server.pem    for `localhost`: a server's certificate, not an authority's; the name 127.0.0.1 is not in it
#   expired.pem   the same, expired
#   other-ca.pem  an authority that signed none of them

make_certificates() {
  [ ! -e certificates/done ] || return 0
  rm -rf certificates
  mkdir certificates
  (
    cd certificates
    for authority in ca other-ca; do
      make_key $authority
      openssl req -x509 -new -key $authority.key -days 3650 -subj "/CN=Postroom test authority ($authority)" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -out $authority.pem
    done
    printf '%s\n' 'subjectAltName=DNS:localhost' 'extendedKeyUsage=serverAuth' \
      'keyUsage=critical,digitalSignature' 'basicConstraints=critical,CA:FALSE' > extensions
    sign server 3650
    sign expired -1
    # Servers send the chain, so that a client that knows the authority needs nothing else.
    cat ca.pem >> server.pem
    touch done
  ) > certificates.log 2>&1 || { cat certificates.log >&2; return 1; }
}

make_key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

# sign NAME DAYS
sign() {
  make_key "$1"
  openssl req -new -key "$1.key" -subj "/CN=localhost" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$2" \
    -extfile extensions -out "$1.pem"
}
