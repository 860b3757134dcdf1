# Where things are, for `install`, `start` and `stop`.

# Cyrus, unpacked beside the system. Everybody must be able to read it, since the servers run as nobody.
cyrus_root=${POSTROOM_CYRUS:-/var/lib/postroom-test-servers/cyrus}

# Each server's port, counted from the first. The tests count the same way (tests/it/servers/mod.rs).
port_of() {
  case $1 in
    dovecot-imap) echo $((port_base + 0)) ;;
    dovecot-imaps) echo $((port_base + 1)) ;;
    dovecot-pop3) echo $((port_base + 2)) ;;
    dovecot-pop3s) echo $((port_base + 3)) ;;
    dovecot-lmtp) echo $((port_base + 4)) ;;
    cyrus-imap) echo $((port_base + 5)) ;;
    cyrus-imaps) echo $((port_base + 6)) ;;
    cyrus-pop3) echo $((port_base + 7)) ;;
    cyrus-pop3s) echo $((port_base + 8)) ;;
    cyrus-lmtp) echo $((port_base + 9)) ;;
    exim-smtp) echo $((port_base + 10)) ;;
    exim-smtps) echo $((port_base + 11)) ;;
    exim-expired) echo $((port_base + 12)) ;;   # implicit TLS with a certificate that has expired
    exim-bare) echo $((port_base + 13)) ;;      # no STARTTLS, AUTH, CHUNKING or DSN
    kerberos) echo $((port_base + 14)) ;;
    tokens) echo $((port_base + 15)) ;;
    *) echo "no server is called $1" >&2; return 1 ;;
  esac
}

# The ports that one server listens to.
ports_of() {
  case $1 in
    dovecot) names="dovecot-imap dovecot-imaps dovecot-pop3 dovecot-pop3s dovecot-lmtp" ;;
    cyrus) names="cyrus-imap cyrus-imaps cyrus-pop3 cyrus-pop3s cyrus-lmtp" ;;
    exim) names="exim-smtp exim-smtps exim-expired exim-bare" ;;
    *) names=$1 ;;
  esac
  for name in $names; do port_of "$name"; done
}

all_servers="kerberos tokens dovecot cyrus exim"

# The process that a server's file of process numbers names, if it is still that server.
process_of() {
  local number
  number=$(cat "$dir/$1.pid" 2>/dev/null) || return 1
  # A number may have been given to another program since: ours all have their folder among their arguments.
  { tr '\0' ' ' < "/proc/$number/cmdline" | grep -qF "$dir"; } 2>/dev/null || return 1
  echo "$number"
}

is_open() {
  (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# wait_until SECONDS COMMAND...
wait_until() {
  local tries=$(($1 * 20))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.05
  done
}
