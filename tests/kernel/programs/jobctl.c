/*
 * jobctl - job control on the terminal that is descriptor 3: a session is made, jobs run in its
 * foreground and background, keys are pressed, and the session's leader ends. What is written
 * to this terminal after the byte TYPE comes back as if typed.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define TTY	   3
#define TYPE	   "\016"
#define TIOCGSID   0x5429
#define TIOCNOTTY  0x5422
#define TIOCSWINSZ 0x5414

static volatile sig_atomic_t caught;

static void catch (int sig)
{
	caught = sig;
}

static void on(int sig, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static void type(const char *keys)
{
	char text[16];
	int len = snprintf(text, sizeof(text), TYPE "%s" TYPE, keys);

	CHECK(write(TTY, text, (size_t)len) == len);
}

/* A job: a child in a group of its own, in the foreground if wanted. 0 in the child. */
static pid_t job(int foreground)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	setpgid(pid, pid);
	if (foreground && pid)
		CHECK(tcsetpgrp(TTY, pid) == 0);
	while (foreground && !pid && tcgetpgrp(TTY) == getppid())
		;
	return pid;
}

static int status_of(pid_t pid)
{
	int status = 0;

	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	return status;
}

static void expect_stop(pid_t pid, int sig)
{
	int status = status_of(pid);

	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == sig);
}

static void check_exit(pid_t pid, int code, int line)
{
	int status = status_of(pid);

	if (WIFEXITED(status) && WEXITSTATUS(status) == code)
		return;
	printf("line %d: the child's status is %#x\n", line, status);
	exit(1);
}
#define expect_exit(pid, code) check_exit(pid, code, __LINE__)

static void expect_killed(pid_t pid, int sig)
{
	int status = status_of(pid);

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == sig);
}

/* The shell comes back to the foreground; it ignores SIGTTOU for that. */
static void come_back(void)
{
	CHECK(tcsetpgrp(TTY, getpid()) == 0);
}

static void new_session(void)
{
	pid_t sid;

	CHECK_ERRNO(ioctl(TTY, TIOCSCTTY, 0), EPERM); /* no leader */
	CHECK_ERRNO(tcgetpgrp(TTY), ENOTTY);
	CHECK(setsid() == getpid());
	CHECK_ERRNO(ioctl(TTY, TIOCGSID, &sid), ENOTTY);
	CHECK(ioctl(TTY, TIOCSCTTY, 0) == 0);
	CHECK(ioctl(TTY, TIOCSCTTY, 0) == 0);
	CHECK(ioctl(TTY, TIOCGSID, &sid) == 0 && sid == getpid());
	CHECK(tcgetpgrp(TTY) == getpid());
	CHECK_ERRNO(ioctl(TTY, TIOCGSID, 0xc0100000), EFAULT);
	CHECK_ERRNO(ioctl(TTY, TIOCGPGRP, 1), EFAULT);
	CHECK_ERRNO(ioctl(TTY, TIOCSPGRP, 0xbfffffff), EFAULT);
	on(SIGTTOU, SIG_IGN, 0);
}

/* A job in the background reads: it is stopped, and goes on when it is in the foreground. */
static void background_read(void)
{
	char buf[8];
	pid_t pid = job(0);

	if (!pid)
		_exit(read(TTY, buf, 8) == 3 && buf[0] == 'o' ? 7 : 1);
	expect_stop(pid, SIGTTIN);
	CHECK(tcsetpgrp(TTY, pid) == 0);
	CHECK(kill(-pid, SIGCONT) == 0);
	type("ok\r");
	expect_exit(pid, 7);
	come_back();
	pid = job(0);
	if (!pid) {
		on(SIGTTIN, SIG_IGN, 0);
		_exit(read(TTY, buf, 8) == -1 && errno == EIO ? 7 : 1);
	}
	expect_exit(pid, 7);
}

static void background_write(void)
{
	struct termios normal, tostop;
	pid_t pid;

	CHECK(tcgetattr(TTY, &normal) == 0);
	tostop = normal;
	tostop.c_lflag |= TOSTOP;
	pid = job(0);
	if (!pid)
		_exit(write(TTY, "x", 1) == 1 ? 7 : 1);
	expect_exit(pid, 7);
	CHECK(tcsetattr(TTY, TCSANOW, &tostop) == 0);
	for (int change = 0; change < 2; change++) { /* writing, and changing settings */
		pid = job(0);
		if (!pid) {
			on(SIGTTOU, SIG_DFL, 0);
			_exit((change ? tcsetattr(TTY, TCSANOW, &normal) : write(TTY, "x", 1)) >= 0
				      ? 7
				      : 1);
		}
		expect_stop(pid, SIGTTOU);
		CHECK(tcsetpgrp(TTY, pid) == 0);
		CHECK(kill(-pid, SIGCONT) == 0);
		expect_exit(pid, 7);
		come_back();
	}
	CHECK(tcsetattr(TTY, TCSANOW, &normal) == 0);
}

/* ^C, ^\ and ^Z go to the foreground, and only there. */
static void keys(void)
{
	static const struct {
		const char *key;
		int sig, stops;
	} all[] = {{"\003", SIGINT, 0}, {"\034", SIGQUIT, 0}, {"\032", SIGTSTP, 1}};

	for (unsigned int i = 0; i < 3; i++) {
		pid_t other = job(0), pid;

		if (!other)
			for (;;)
				pause();
		pid = job(1);
		if (!pid)
			for (;;)
				pause();
		type(all[i].key);
		if (all[i].stops) {
			expect_stop(pid, all[i].sig);
			CHECK(kill(pid, SIGKILL) == 0);
			expect_killed(pid, SIGKILL);
		} else {
			expect_killed(pid, all[i].sig);
		}
		CHECK(waitpid(other, NULL, WNOHANG | WUNTRACED) == 0);
		CHECK(kill(other, SIGKILL) == 0);
		expect_killed(other, SIGKILL);
		come_back();
	}
}

/* A read that waits ends with EINTR, or goes on by itself. */
static void interrupted_read(void)
{
	char buf[8];
	pid_t pid;

	on(SIGINT, catch, 0);
	caught = 0;
	pid = job(0);
	if (!pid) {
		usleep(50000);
		type("\003");
		usleep(50000);
		type("\003");
		usleep(50000);
		type("go\r");
		_exit(0);
	}
	CHECK_ERRNO(read(TTY, buf, 8), EINTR);
	CHECK(caught == SIGINT);
	caught = 0;
	on(SIGINT, catch, SA_RESTART);
	CHECK(read(TTY, buf, 8) == 3 && buf[0] == 'g');
	CHECK(caught == SIGINT);
	expect_exit(pid, 0);
	on(SIGINT, SIG_DFL, 0);
}

static void size_changes(void)
{
	struct winsize size = {.ws_row = 50, .ws_col = 132};

	on(SIGWINCH, catch, 0);
	caught = 0;
	CHECK(ioctl(TTY, TIOCSWINSZ, &size) == 0);
	CHECK(caught == SIGWINCH);
	caught = 0;
	CHECK(ioctl(TTY, TIOCSWINSZ, &size) == 0);
	CHECK(caught == 0); /* it was so already */
}

static void foreign_groups(void)
{
	pid_t pid = fork();

	if (!pid) { /* another session, which cannot have this terminal but by root's force */
		if (setsid() != getpid() || ioctl(TTY, TIOCSCTTY, 0) != -1 || errno != EPERM)
			_exit(1);
		if (tcgetpgrp(TTY) != -1 || errno != ENOTTY)
			_exit(2);
		pause();
	}
	usleep(50000);
	CHECK_ERRNO(tcsetpgrp(TTY, pid), EPERM);
	CHECK_ERRNO(tcsetpgrp(TTY, 32000), ESRCH);
	CHECK_ERRNO(tcsetpgrp(TTY, -5), EINVAL);
	CHECK(kill(pid, SIGKILL) == 0);
	expect_killed(pid, SIGKILL);
}

/* The leader ends while a job waits in the foreground, and tells how through a pipe. */
static void leave(int report)
{
	pid_t pid;
	char buf[8];

	on(SIGHUP, catch, 0);
	caught = 0;
	pid = job(1);
	if (pid)
		_exit(0);
	while (!caught)
		usleep(10000);
	buf[0] = (char)caught;
	buf[1] = read(TTY, buf + 4, 1) == 0;
	buf[2] = write(TTY, "x", 1) == -1 && errno == EIO;
	buf[3] = tcgetpgrp(TTY) == -1 && errno == EIO;
	write(report, buf, 4);
	_exit(0);
}

/* Root takes a terminal away from its session. */
static void stolen(void)
{
	pid_t pid;

	CHECK(setsid() == getpid());
	CHECK(ioctl(TTY, TIOCSCTTY, 0) == 0);
	pid = fork();
	if (!pid) {
		on(SIGHUP, SIG_IGN, 0); /* TIOCNOTTY sends it */
		if (setsid() != getpid() || ioctl(TTY, TIOCSCTTY, 1) != 0)
			_exit(1);
		_exit(ioctl(TTY, TIOCNOTTY, 0) == 0 && tcgetpgrp(TTY) == -1 ? 7 : 2);
	}
	expect_exit(pid, 7);
	CHECK_ERRNO(tcgetpgrp(TTY), ENOTTY);
}

int main(void)
{
	char told[4] = "";
	int ends[2];
	pid_t pid;

	pid = fork();
	if (!pid) {
		stolen();
		exit(0);
	}
	expect_exit(pid, 0);
	CHECK(pipe(ends) == 0);
	pid = fork();
	if (!pid) {
		new_session();
		background_read();
		background_write();
		keys();
		interrupted_read();
		size_changes();
		foreign_groups();
		leave(ends[1]);
	}
	close(ends[1]);
	expect_exit(pid, 0);
	CHECK(read(ends[0], told, 4) == 4);
	CHECK(told[0] == SIGHUP && told[1] && told[2] && told[3]);
	return 0;
}
