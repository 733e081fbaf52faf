/*
 * The line discipline's input side: what becomes of a byte that was typed.
 *
 *	buf:	...... | complete lines | line under way | ......
 *	             tail             canon            head
 *
 * In canonical mode a reader sees complete lines only; erase, kill and word erase work
 * on what lies between canon and head. A bit in marks[] says which bytes end a line; a marked 0 is
 * ^D, which ends one and is not part of it. In raw mode a reader gets everything up to head.
 *
 * A line that is too long loses its end, with a bell, but can always be ended. Nothing else is
 * lost: when lines (or raw bytes) fill the buffer, n_tty_receive() takes no more.
 *
 * Left out: parity and break marks (PARMRK, INPCK, BRKINT), ECHOPRT, XCASE. Locks: tty->lock.
 */
#include "kernel/drivers/tty.h"

#include "kernel/drivers/tty_port.h"
#include "kernel/lib/bitops.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"

#define MASK   (N_TTY_BUF_SIZE - 1)
#define CTRL_H '\b'
#define DEL    0x7f
#define BELL   '\a'

static bool iflag(const struct tty_struct *tty, tcflag_t flag)
{
	return tty->termios.c_iflag & flag;
}

static bool lflag(const struct tty_struct *tty, tcflag_t flag)
{
	return tty->termios.c_lflag & flag;
}

/* Is `c` the control character of that number, and is that one switched on? */
static bool is_cc(const struct tty_struct *tty, u8 c, unsigned int which)
{
	return c != _POSIX_VDISABLE && c == tty->termios.c_cc[which];
}

/* ---- echo */

void n_tty_echo(struct tty_struct *tty, u8 c)
{
	struct n_tty *n = &tty->n;

	if (n->echo_head - n->echo_tail < N_TTY_ECHO_SIZE)
		n->echo[n->echo_head++ % N_TTY_ECHO_SIZE] = c;
}

static void echo_string(struct tty_struct *tty, const char *s)
{
	while (*s)
		n_tty_echo(tty, (u8)*s++);
}

/* As ^X when it is a control character and that is wanted; what moves to a line or a tab does. */
static void echo_visibly(struct tty_struct *tty, u8 c)
{
	if (lflag(tty, ECHOCTL) && iscntrl(c) && c != '\t' && c != '\n') {
		n_tty_echo(tty, '^');
		n_tty_echo(tty, c ^ 0x40);
	} else {
		n_tty_echo(tty, c);
	}
}

/* Columns that the echo of `c` takes at a column. */
static unsigned int echo_width(const struct tty_struct *tty, u8 c, unsigned int column)
{
	if (c == '\t')
		return 8 - column % 8;
	if (iscntrl(c))
		return lflag(tty, ECHOCTL) ? 2 : 0;
	return iflag(tty, IUTF8) && (c & 0xc0) == 0x80 ? 0 : 1;
}

/* The line under way ends now before `c`, which stood at its end: take it off the screen. */
static void unecho(struct tty_struct *tty, u8 c)
{
	unsigned int column = tty->n.line_column;

	for (unsigned int i = tty->n.canon; i != tty->n.head; i++)
		column += echo_width(tty, tty->n.buf[i & MASK], column);
	for (unsigned int width = echo_width(tty, c, column); width; width--)
		echo_string(tty, c == '\t' ? "\b" : "\b \b");
}

static void echo_line(struct tty_struct *tty)
{
	for (unsigned int i = tty->n.canon; i != tty->n.head; i++)
		echo_visibly(tty, tty->n.buf[i & MASK]);
}

/* ---- the buffer */

static unsigned int stored(const struct n_tty *n)
{
	return n->head - n->tail;
}

static void store(struct n_tty *n, u8 c)
{
	__clear_bit(n->head & MASK, n->marks);
	n->buf[n->head++ & MASK] = c;
}

/* How many bytes may come before a reader must have made room. */
static unsigned int receive_room(const struct tty_struct *tty)
{
	const struct n_tty *n = &tty->n;

	if (lflag(tty, ICANON) && n->canon == n->tail)
		return N_TTY_BUF_SIZE;
	return N_TTY_BUF_SIZE - 1 - min(stored(n), N_TTY_BUF_SIZE - 1);
}

/* The last place of the buffer is kept for what ends the line. */
static void add_byte(struct tty_struct *tty, u8 c)
{
	struct n_tty *n = &tty->n;

	if (stored(n) >= N_TTY_BUF_SIZE - 1) {
		if (iflag(tty, IMAXBEL))
			n_tty_echo(tty, BELL);
		return;
	}
	if (lflag(tty, ECHO)) {
		if (n->head == n->canon) {
			n_tty_flush_echo(tty);
			n->line_column = tty->column;
		}
		echo_visibly(tty, c);
	}
	store(n, c);
}

static void end_line(struct tty_struct *tty, u8 c)
{
	struct n_tty *n = &tty->n;

	if (stored(n) >= N_TTY_BUF_SIZE)
		return;
	store(n, c);
	__set_bit((n->head - 1) & MASK, n->marks);
	n->canon = n->head;
	wake_up_interruptible(&tty->read_wait);
}

void n_tty_flush_input(struct tty_struct *tty)
{
	struct n_tty *n = &tty->n;

	n->tail = n->canon = n->head;
	memset(n->marks, 0, sizeof(n->marks));
	n->lnext = false;
	tty_port_kick();
}

/* ---- editing */

/* The last character of the line under way: where it begins. There is one. */
static unsigned int last_character(const struct tty_struct *tty)
{
	unsigned int at = tty->n.head - 1;

	while (iflag(tty, IUTF8) && at != tty->n.canon && (tty->n.buf[at & MASK] & 0xc0) == 0x80)
		at--;
	return at;
}

static void erase_character(struct tty_struct *tty)
{
	unsigned int at = last_character(tty);
	u8 c = tty->n.buf[at & MASK];

	tty->n.head = at;
	if (lflag(tty, ECHO))
		unecho(tty, c);
}

static bool in_word(u8 c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

/* Blanks and punctuation at the end, then the word before them. */
static void erase_word(struct tty_struct *tty)
{
	bool seen = false;

	while (tty->n.head != tty->n.canon) {
		bool word = in_word(tty->n.buf[(tty->n.head - 1) & MASK]);

		if (seen && !word)
			return;
		seen |= word;
		erase_character(tty);
	}
}

static void kill_line(struct tty_struct *tty, u8 c)
{
	if (lflag(tty, ECHO) && lflag(tty, ECHOE) && lflag(tty, ECHOK) && lflag(tty, ECHOKE)) {
		while (tty->n.head != tty->n.canon)
			erase_character(tty);
		return;
	}
	tty->n.head = tty->n.canon;
	if (lflag(tty, ECHO)) {
		echo_visibly(tty, c);
		if (lflag(tty, ECHOK))
			n_tty_echo(tty, '\n');
	}
}

/* Keyboards and terminals send either of ^H and DEL for the same key: one means both. */
static bool is_erase(const struct tty_struct *tty, u8 c)
{
	u8 erase = tty->termios.c_cc[VERASE];

	if (is_cc(tty, c, VERASE))
		return true;
	return (erase == CTRL_H && c == DEL) || (erase == DEL && c == CTRL_H);
}

static void erase(struct tty_struct *tty, u8 c)
{
	if (tty->n.head == tty->n.canon)
		return;
	if (lflag(tty, ECHO) && !lflag(tty, ECHOE)) { /* paper: what was typed stays */
		tty->n.head = last_character(tty);
		echo_visibly(tty, c);
		return;
	}
	erase_character(tty);
}

static void reprint(struct tty_struct *tty, u8 c)
{
	echo_visibly(tty, c);
	n_tty_echo(tty, '\n');
	tty->n.line_column = 0;
	echo_line(tty);
}

static void literal_next(struct tty_struct *tty)
{
	tty->n.lnext = true;
	if (lflag(tty, ECHO) && lflag(tty, ECHOCTL))
		echo_string(tty, "^\b");
}

/* Is it one of the keys that edit a line? Then it has done so. */
static bool edit(struct tty_struct *tty, u8 c)
{
	if (is_erase(tty, c))
		erase(tty, c);
	else if (is_cc(tty, c, VKILL))
		kill_line(tty, c);
	else if (lflag(tty, IEXTEN) && is_cc(tty, c, VWERASE))
		erase_word(tty);
	else if (lflag(tty, IEXTEN) && is_cc(tty, c, VLNEXT))
		literal_next(tty);
	else if (lflag(tty, IEXTEN) && lflag(tty, ECHO) && is_cc(tty, c, VREPRINT))
		reprint(tty, c);
	else
		return false;
	return true;
}

/* Does it end a line? Then it has. */
static bool ends_line(struct tty_struct *tty, u8 c)
{
	if (is_cc(tty, c, VEOF)) {
		end_line(tty, 0);
		return true;
	}
	if (c != '\n' && !is_cc(tty, c, VEOL) && !(lflag(tty, IEXTEN) && is_cc(tty, c, VEOL2)))
		return false;
	if (lflag(tty, ECHO))
		echo_visibly(tty, c);
	else if (c == '\n' && lflag(tty, ECHONL))
		n_tty_echo(tty, c);
	end_line(tty, c);
	return true;
}

/* ---- signals and flow */

static int signal_of(const struct tty_struct *tty, u8 c)
{
	static const struct {
		u8 cc, sig;
	} keys[] = {{VINTR, SIGINT}, {VQUIT, SIGQUIT}, {VSUSP, SIGTSTP}};

	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
		if (is_cc(tty, c, keys[i].cc))
			return keys[i].sig;
	}
	return 0;
}

static bool signal_key(struct tty_struct *tty, u8 c)
{
	int sig = lflag(tty, ISIG) ? signal_of(tty, c) : 0;

	if (!sig)
		return false;
	if (!lflag(tty, NOFLSH)) {
		n_tty_flush_output(tty);
		n_tty_flush_input(tty);
	}
	if (iflag(tty, IXON))
		tty_start(tty);
	if (lflag(tty, ECHO))
		echo_visibly(tty, c);
	tty_signal_pgrp(tty, sig);
	return true;
}

static bool flow_key(struct tty_struct *tty, u8 c)
{
	if (!iflag(tty, IXON))
		return false;
	if (is_cc(tty, c, VSTART))
		tty_start(tty);
	else if (is_cc(tty, c, VSTOP))
		tty_stop(tty);
	else
		return false;
	return true;
}

/* ---- one byte after the other */

/* What a byte becomes before anything looks at it; -1: nothing. */
static int translate(const struct tty_struct *tty, u8 c)
{
	if (c == '\r') {
		if (iflag(tty, IGNCR))
			return -1;
		return iflag(tty, ICRNL) ? '\n' : c;
	}
	return c == '\n' && iflag(tty, INLCR) ? '\r' : c;
}

static void receive_byte(struct tty_struct *tty, u8 c)
{
	int translated;

	if (iflag(tty, ISTRIP))
		c &= 0x7f;
	if (iflag(tty, IUCLC) && lflag(tty, IEXTEN))
		c = (u8)tolower(c);
	if (tty->n.lnext) {
		tty->n.lnext = false;
		add_byte(tty, c);
		return;
	}
	if (flow_key(tty, c) || signal_key(tty, c))
		return;
	if (tty->stopped && iflag(tty, IXON) && iflag(tty, IXANY))
		tty_start(tty);
	translated = translate(tty, c);
	if (translated < 0)
		return;
	if (lflag(tty, ICANON) && (edit(tty, (u8)translated) || ends_line(tty, (u8)translated)))
		return;
	add_byte(tty, (u8)translated);
}

/*
 * No room: but a key for a signal that drops all input drops what came before it too, and
 * comes through. How many bytes lie before such a key; `len`: there is none.
 */
static size_t bytes_before_signal(const struct tty_struct *tty, const u8 *bytes, size_t len)
{
	size_t i = 0;

	if (!lflag(tty, ISIG) || lflag(tty, NOFLSH))
		return len;
	while (i < len && (!signal_of(tty, bytes[i]) || (i && is_cc(tty, bytes[i - 1], VLNEXT))))
		i++;
	return i;
}

size_t n_tty_receive(struct tty_struct *tty, const u8 *bytes, size_t len)
{
	size_t taken = 0, skip;

	mutex_lock(&tty->lock);
	while (taken < len) {
		if (!receive_room(tty)) {
			skip = bytes_before_signal(tty, bytes + taken, len - taken);
			if (skip == len - taken)
				break;
			taken += skip;
			tty->n.lnext = false;
		}
		receive_byte(tty, bytes[taken++]);
	}
	if (!lflag(tty, ICANON) && stored(&tty->n))
		wake_up_interruptible(&tty->read_wait);
	n_tty_flush_echo(tty);
	mutex_unlock(&tty->lock);
	return taken;
}

/* What is there when canonical mode begins counts as a line; when it ends, lines mean nothing. */
void n_tty_set_termios(struct tty_struct *tty, const struct ktermios *old)
{
	struct n_tty *n = &tty->n;

	if ((old->c_lflag ^ tty->termios.c_lflag) & ICANON) {
		memset(n->marks, 0, sizeof(n->marks));
		n->canon = lflag(tty, ICANON) ? n->head : n->tail;
		n->lnext = false;
	}
	if (old->c_iflag & IXON && !iflag(tty, IXON))
		tty_start(tty);
	wake_up_interruptible(&tty->read_wait);
	tty_port_kick();
}
