/*
 * The terminal's settings as programs see them: layouts, bits and ioctl numbers of
 * Linux on i386 (termios(3), ioctl_tty(2), asm-generic/termbits.h of the ABI).
 */
#ifndef FOLIO_DRIVERS_TERMIOS_H
#define FOLIO_DRIVERS_TERMIOS_H

#include "kernel/lib/types.h"

typedef u32 tcflag_t;
#define NCCS 19

/* Inside the kernel, and TCGETS2's; TCGETS ends before the speeds. */
struct ktermios {
	tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
	u8 c_line;
	u8 c_cc[NCCS];
	u32 c_ispeed, c_ospeed; /* bits per second */
};
#define TERMIOS_SIZE offsetof(struct ktermios, c_ispeed)
_Static_assert(TERMIOS_SIZE == 36 && sizeof(struct ktermios) == 44, "the ABI's sizes");

/* TCGETA's, of System V. */
#define NCC 8
struct termio {
	u16 c_iflag, c_oflag, c_cflag, c_lflag;
	u8 c_line;
	u8 c_cc[NCC];
	u8 pad;
};
_Static_assert(sizeof(struct termio) == 18, "the ABI's size");

struct winsize {
	u16 ws_row, ws_col;
	u16 ws_xpixel, ws_ypixel; /* unused */
};

/* c_cc */
#define VINTR	 0
#define VQUIT	 1
#define VERASE	 2
#define VKILL	 3
#define VEOF	 4
#define VTIME	 5
#define VMIN	 6
#define VSWTC	 7
#define VSTART	 8
#define VSTOP	 9
#define VSUSP	 10
#define VEOL	 11
#define VREPRINT 12
#define VDISCARD 13
#define VWERASE	 14
#define VLNEXT	 15
#define VEOL2	 16

/* A character of c_cc that is switched off. */
#define _POSIX_VDISABLE '\0'

/* c_iflag */
#define IGNBRK	0000001u
#define BRKINT	0000002u
#define IGNPAR	0000004u
#define PARMRK	0000010u
#define INPCK	0000020u
#define ISTRIP	0000040u
#define INLCR	0000100u
#define IGNCR	0000200u
#define ICRNL	0000400u
#define IUCLC	0001000u
#define IXON	0002000u
#define IXANY	0004000u
#define IXOFF	0010000u
#define IMAXBEL 0020000u
#define IUTF8	0040000u

/* c_oflag */
#define OPOST  0000001u
#define OLCUC  0000002u
#define ONLCR  0000004u
#define OCRNL  0000010u
#define ONOCR  0000020u
#define ONLRET 0000040u
#define TABDLY 0014000u
#define XTABS  0014000u

/* c_cflag */
#define CBAUD	0010017u
#define B0	0000000u
#define B38400	0000017u
#define BOTHER	0010000u
#define B115200 0010002u
#define CSIZE	0000060u
#define CS5	0000000u
#define CS8	0000060u
#define CSTOPB	0000100u
#define CREAD	0000200u
#define PARENB	0000400u
#define PARODD	0001000u
#define HUPCL	0002000u
#define CLOCAL	0004000u

/* c_lflag */
#define ISIG	0000001u
#define ICANON	0000002u
#define XCASE	0000004u
#define ECHO	0000010u
#define ECHOE	0000020u
#define ECHOK	0000040u
#define ECHONL	0000100u
#define NOFLSH	0000200u
#define TOSTOP	0000400u
#define ECHOCTL 0001000u
#define ECHOPRT 0002000u
#define ECHOKE	0004000u
#define IEXTEN	0100000u

/* ioctl(2) */
#define TCGETS	    0x5401u
#define TCSETS	    0x5402u
#define TCSETSW	    0x5403u
#define TCSETSF	    0x5404u
#define TCGETA	    0x5405u
#define TCSETA	    0x5406u
#define TCSETAW	    0x5407u
#define TCSETAF	    0x5408u
#define TCSBRK	    0x5409u
#define TCXONC	    0x540au
#define TCFLSH	    0x540bu
#define TIOCEXCL    0x540cu
#define TIOCNXCL    0x540du
#define TIOCSCTTY   0x540eu
#define TIOCGPGRP   0x540fu
#define TIOCSPGRP   0x5410u
#define TIOCOUTQ    0x5411u
#define TIOCSTI	    0x5412u
#define TIOCGWINSZ  0x5413u
#define TIOCSWINSZ  0x5414u
#define TIOCINQ	    0x541bu
#define TIOCNOTTY   0x5422u
#define TIOCSETD    0x5423u
#define TIOCGETD    0x5424u
#define TCSBRKP	    0x5425u
#define TIOCGSID    0x5429u
#define TCGETS2	    0x802c542au
#define TCSETS2	    0x402c542bu
#define TCSETSW2    0x402c542cu
#define TCSETSF2    0x402c542du
#define TIOCGDEV    0x80045432u
#define TIOCVHANGUP 0x5437u
#define TIOCGEXCL   0x80045440u

/* Arguments of TCXONC and TCFLSH */
#define TCOOFF	  0
#define TCOON	  1
#define TCIOFF	  2
#define TCION	  3
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2

#define N_TTY	  0 /* the only line discipline */

#endif
