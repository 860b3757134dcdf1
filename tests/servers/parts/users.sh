# Who may log in, and by which password. Passwords of people who have mailboxes for one test each are all the same.

# name:password
users() {
  echo 'alice:wonderland'
  # what is awkward in IMAP's quoted strings, in SASL and in UTF-8
  printf '%s\n' 'bob:pa ss"w\ö{3}%'
  echo 'kim:kerberos'
  for number in $(seq 1 30); do echo "box$number:wonderland"; done
}
