/*
 * Terminals. A tty_struct stands between the programs that have it open and a driver that moves
 * bytes; the line discipline (n_tty.c) between them edits lines, echoes, and turns ^C
 * into a signal. See tty(4), termios(3), ioctl_tty(2).
 *
 *	program --write--> n_tty_write: OPOST --> ops->write --> serial line, screen
 *	program <--read--- n_tty_read <-- lines -- n_tty_receive <-- kttyd <-- port's ring <-- interrupt
 *
 * Locks: tty_mutex: the list of terminals, who has them open, sessions; before everything else
 * here. tty->lock: settings and input; then tty->output_lock: column, echo, the driver's
 * write. Interrupts fill rings (tty_port.h) and wake; they take neither.
 */
#ifndef FOLIO_DRIVERS_TTY_H
#define FOLIO_DRIVERS_TTY_H

#include "kernel/drivers/termios.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/list.h"
#include "kernel/mutex.h"
#include "kernel/wait_head.h"

#define N_TTY_BUF_SIZE	4096u /* bytes; a power of two: a line has at most one less */
#define N_TTY_ECHO_SIZE 1024u /* a power of two */

#define TTYAUX_MAJOR	5
#define TTY_MAJOR	4
#define DEV_TTY		MKDEV(TTYAUX_MAJOR, 0) /* the process's controlling terminal */
#define DEV_CONSOLE	MKDEV(TTYAUX_MAJOR, 1)
#define DEV_TTY0	MKDEV(TTY_MAJOR, 0) /* the screen that is seen */
#define DEV_TTY1	MKDEV(TTY_MAJOR, 1)
#define DEV_TTYS0	MKDEV(TTY_MAJOR, 64)

struct tty_struct;

/* A driver. None of these sleeps; write() and flush() are called under output_lock. */
struct tty_operations {
	/* How many bytes write() takes now. */
	size_t (*write_room)(struct tty_struct *tty);
	/* All of at most that many bytes. */
	void (*write)(struct tty_struct *tty, const char *bytes, size_t len);
	/* Bytes taken that have not left yet. NULL: none ever. */
	size_t (*chars_in_buffer)(struct tty_struct *tty);
	/* Forget those. NULL: there are none. */
	void (*flush_buffer)(struct tty_struct *tty);
	/* tty->termios has changed (speed, format). NULL: the driver does not mind. */
	void (*set_termios)(struct tty_struct *tty);
};

/* The line discipline's state. The three positions count on for ever; tail <= canon <= head. */
struct n_tty {
	u8 *buf;	    /* N_TTY_BUF_SIZE bytes, used as a ring */
	unsigned int head;  /* where the next byte goes */
	unsigned int canon; /* end of the last complete line */
	unsigned int tail;  /* where reading goes on */
	unsigned long marks[N_TTY_BUF_SIZE / (8 * sizeof(long))]; /* bit: this byte ends a line */
	bool lnext;		  /* after ^V: the next byte is taken as it is */
	unsigned int line_column; /* where the echo of the line under way began */
	unsigned int echo_head, echo_tail;
	u8 echo[N_TTY_ECHO_SIZE]; /* to be written as soon as output goes */
};

struct tty_struct {
	const char *name;
	dev_t dev;
	const struct tty_operations *ops;
	struct list_head list; /* of all terminals; tty_mutex */

	unsigned int open_count, readers; /* openings, and those for reading; tty_mutex */
	bool exclusive;			  /* TIOCEXCL */
	struct list_head files;		  /* struct tty_file; tty_mutex */
	pid_t pgrp, session; /* in the foreground; whose terminal it is; 0: none. tty_mutex */

	struct mutex lock;
	struct ktermios termios;
	struct winsize winsize;
	struct n_tty n;
	struct wait_queue_head read_wait;

	struct mutex output_lock;
	unsigned int column;
	bool stopped; /* ^S, TCOOFF */
	struct wait_queue_head write_wait;
};

/* One opening: file->private_data. */
struct tty_file {
	struct tty_struct *tty;
	struct file *file;
	struct list_head list; /* tty->files */
	bool hung_up;	       /* the terminal is gone for this opening: EIO, end of file */
	bool console;	       /* opened as /dev/console, which does not hang up */
};

/* ---- tty_io.c */

extern struct mutex tty_mutex;
extern const struct file_operations tty_fops;

/*
 * tty_alloc - a terminal that nobody has open, with the usual settings. NULL: no memory. May
 * sleep. tty_free - away with it; nobody has it open. The name stays the caller's.
 */
struct tty_struct *tty_alloc(const char *name, dev_t dev, const struct tty_operations *ops);
void tty_free(struct tty_struct *tty);

/*
 * tty_register - opening tty->dev finds it from now on; tty_unregister - no more. May sleep.
 * tty_set_console - it is what /dev/console means (and, until there is another one,
 * tty_console()).
 */
void tty_register(struct tty_struct *tty);
void tty_unregister(struct tty_struct *tty);
void tty_set_console(struct tty_struct *tty);
struct tty_struct *tty_console(void);

/* tty_of_file - the terminal that a file is, or NULL. */
struct tty_struct *tty_of_file(struct file *file);

/* tty_flush_echoes - of all terminals, what waits to be echoed. tty_mutex held. */
void tty_flush_echoes(void);

/* tty_wakeup - the driver takes bytes again. Any context. */
void tty_wakeup(struct tty_struct *tty);

/* tty_init - the consoles' terminals, their devices, the thread of input. Boot, may sleep. */
void tty_init(void);

/* ---- n_tty.c, n_tty_read.c, n_tty_write.c: the line discipline */

/*
 * n_tty_receive - bytes that were typed. Returns how many were taken: less than `len` when a reader
 * must make room first. Process context; may sleep.
 */
size_t n_tty_receive(struct tty_struct *tty, const u8 *bytes, size_t len);

/* n_tty_read, n_tty_write - as read(2) and write(2). n_tty_poll - as file_operations' poll. */
ssize_t n_tty_read(struct tty_file *tf, char __user *buf, size_t count);
ssize_t n_tty_write(struct tty_file *tf, const char __user *buf, size_t count);
unsigned int n_tty_poll(struct tty_file *tf, struct poll_table *pt);

/* n_tty_inq - bytes that a read could get (TIOCINQ). tty->lock held. */
unsigned int n_tty_inq(const struct tty_struct *tty);
/* With tty->lock held: tty->termios has changed; what was typed is dropped. */
void n_tty_set_termios(struct tty_struct *tty, const struct ktermios *old);
void n_tty_flush_input(struct tty_struct *tty);
/* n_tty_flush_output - drop what has not left yet. n_tty_flush_echo - write what waits as echo. */
void n_tty_flush_output(struct tty_struct *tty);
void n_tty_flush_echo(struct tty_struct *tty);
/* n_tty_echo - put a byte where the echo waits for n_tty_flush_echo(). tty->lock held. */
void n_tty_echo(struct tty_struct *tty, u8 c);
/* tty_stop, tty_start - output waits; goes on. May sleep. */
void tty_stop(struct tty_struct *tty);
void tty_start(struct tty_struct *tty);
/* tty_drain - wait until all output has left. 0 or -ERESTARTSYS. */
int tty_drain(struct tty_struct *tty);

/* ---- tty_ioctl.c */

long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* ---- tty_jobctrl.c */

/* current_tty - the current process's controlling terminal, or NULL. */
struct tty_struct *current_tty(void);

/*
 * tty_check_change - may the current process change its terminal? In the background its group gets
 * `sig` (SIGTTIN, SIGTTOU). 0; -ERESTARTSYS when it was sent; -EIO when nobody could bring the
 * process into the foreground, or SIGTTIN is ignored.
 */
int tty_check_change(struct tty_struct *tty, int sig);

/* tty_open_ctty - a session leader without a terminal has opened one. tty_mutex held. */
void tty_open_ctty(struct tty_struct *tty);

/* The job-control ioctls; -ENOTTY: none of them. */
long tty_jobctrl_ioctl(struct tty_file *tf, unsigned int cmd, unsigned long arg);

/* tty_signal_pgrp - a signal for the foreground. */
void tty_signal_pgrp(struct tty_struct *tty, int sig);

/*
 * tty_hangup - the terminal goes away for all who have it open (except as /dev/console), and its
 * session gets SIGHUP and SIGCONT and has no terminal. May sleep.
 */
void tty_hangup(struct tty_struct *tty);

/*
 * disassociate_ctty - a session leader gives its terminal up, by its end or by TIOCNOTTY: SIGHUP
 * and SIGCONT go to the foreground, nobody in the session has a terminal any more. Does nothing
 * for others than leaders. May sleep; no lock held. For kernel/exit.c.
 */
void disassociate_ctty(bool on_exit);

/* vhangup(2): the current process's terminal hangs up; the superuser's call. */
long sys_vhangup(void);

/* proc_clear_tty - the current process has no controlling terminal: setsid(2). */
void proc_clear_tty(void);

#endif
