# The token introspection endpoint that Dovecot asks.

start_tokens() {
  setsid python3 "$here/parts/tokens.py" "$(port_of tokens)" "$dir" < /dev/null > tokens.log 2>&1 &
  echo $! > tokens.pid
}
