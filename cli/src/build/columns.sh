# Tells the program how wide the terminal is, which Java cannot ask: shells know COLUMNS and keep it to themselves.
if [ -t 1 ] && [ -z "${COLUMNS:-}" ]; then
  { COLUMNS=$(stty size 2>/dev/null <&3); } 3>&1
  COLUMNS=${COLUMNS#* }
  if [ "${COLUMNS:-0}" -gt 0 ] 2>/dev/null; then export COLUMNS; else unset COLUMNS; fi
fi
