#!/usr/bin/python3
"""Runs a command on a terminal of 60 columns, or of WIDTH, and prints what it writes there, a line each time the screen
line is rewritten, which is marked by "> ":  terminal.py COMMAND..."""

import fcntl
import os
import pty
import struct
import sys
import termios

process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(os.environ.get("WIDTH", "60")), 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
written = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:  # the other end is closed
        break
    if not part:
        break
    written += part
print(written.decode().replace("\r\n", "\n").replace("\r\x1b[K", "\n> "), end="")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
