/* A terminal whose driver is a buffer, opened by the current task; user memory to read into. */
#ifndef FOLIO_TESTS_FAKE_TTY_H
#define FOLIO_TESTS_FAKE_TTY_H

#include "kernel/drivers/tty.h"
#include "kernel/drivers/tty_port.h"
#include "tests/kernel/ktest.h"

#define FAKE_DEV    MKDEV(TTY_MAJOR, 200)
#define FAKE_TYPE   '\016'
#define FAKE_OUT    16384u
#define FAKE_MEMORY 0x20000000ul /* user memory of the case: FAKE_PAGES, nothing behind them */
#define FAKE_PAGES  4ul
#define FAKE_END    (FAKE_MEMORY + FAKE_PAGES * 4096)

struct fake_tty {
	struct tty_struct *tty;
	struct inode inode;
	struct file file; /* opened for reading and writing */
	struct tty_port port;
	char out[FAKE_OUT]; /* what was written to the driver; ends with 0 */
	size_t out_len;
	size_t room; /* what it takes from now on */
	unsigned int resumed;
	bool types_back; /* what is written between two FAKE_TYPE is typed, the rest is dropped */
};

/* fake_tty_setup, fake_tty_teardown - for KTEST_SUITE_WITH: t->data is a struct fake_tty. */
void fake_tty_setup(struct ktest *t);
void fake_tty_teardown(struct ktest *t);

/* Change flags of the settings: `off` goes, `on` comes. fake_cc - a control character. */
void fake_lflag(struct fake_tty *fake, tcflag_t off, tcflag_t on);
void fake_iflag(struct fake_tty *fake, tcflag_t off, tcflag_t on);
void fake_oflag(struct fake_tty *fake, tcflag_t off, tcflag_t on);
void fake_cc(struct fake_tty *fake, unsigned int which, u8 value);

/* fake_type - keys are pressed. fake_type_bytes - any bytes; how many were taken. */
void fake_type(struct fake_tty *fake, const char *keys);
size_t fake_type_bytes(struct fake_tty *fake, const void *bytes, size_t len);

/* fake_read - read(2) of at most `count` bytes, without waiting: text, or "EAGAIN". */
const char *fake_read(struct fake_tty *fake, size_t count);
/* fake_read_raw - the same, maybe waiting: bytes are in buf; the result of the call. */
ssize_t fake_read_raw(struct fake_tty *fake, void *buf, size_t count, bool wait);
/* fake_write - write(2). fake_out - what came out since the last call. */
ssize_t fake_write(struct fake_tty *fake, const char *text, bool wait);
const char *fake_out(struct fake_tty *fake);
/* fake_ioctl - ioctl(2); its argument is copied from `data` to user memory, and back. */
long fake_ioctl(struct fake_tty *fake, unsigned int cmd, void *data, size_t size);

#endif
