/*
 * init - the first process. It mounts /proc (and /dev, if the kernel has not), names the
 * machine, runs /etc/rc, keeps a shell on the console, and waits for every process whose
 * parent has died. poweroff, reboot and halt ask it by signals to end everything: the processes,
 * then the mounts, the root last.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <procinfo.h>
#include <shutdown.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SHELL	 "/bin/sh"
#define RC	 "/etc/rc"
#define PATIENCE 20 /* tenths of a second between SIGTERM and SIGKILL */

static const char *const environment[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin:/examples", "HOME=/",
					  "TERM=vt100", "SHELL=" SHELL, NULL};

/* Nothing can be done about a failure but to say so. */
static void try_mount(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) < 0 && errno != EBUSY)
		warn("cannot mount %s on %s", type, where);
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return; /* what the kernel gave us stays */
	for (int to = 0; to <= 2; to++) {
		if (fd != to)
			dup2(fd, to);
	}
	if (fd > 2)
		close(fd);
}

static void set_up(void)
{
	char name[65] = "folio";

	umask(022);
	if (access("/dev/null", F_OK) < 0)
		try_mount("devtmpfs", "/dev");
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0 || !isatty(STDOUT_FILENO))
		open_console();
	if (access("/proc/self", F_OK) < 0)
		try_mount("proc", "/proc");
	mkdir("/tmp", 01777);
	chmod("/tmp", 01777);
	if (proc_read("/etc/hostname", name, sizeof(name)) > 0)
		name[strcspn(name, "\n")] = 0;
	sethostname(name, strlen(name));
}

/* A session of its own, with the console as its terminal: there job control works. */
static void become_terminal_session(void)
{
	setsid();
	open_console();
	if (ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0)
		warn("the console is no terminal");
}

static pid_t start(const char *path, const char *arg0, const char *arg1)
{
	const char *words[] = {arg0, arg1, NULL};
	sigset_t none;
	pid_t pid = fork();

	if (pid < 0)
		warn("cannot fork");
	if (pid)
		return pid;
	become_terminal_session();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(path, (char *const *)words, (char *const *)environment);
	warn("cannot run %s", path);
	_exit(127);
}

static void run_rc(void)
{
	pid_t pid, ended;

	if (access(RC, R_OK) < 0)
		return;
	pid = start(SHELL, "sh", RC);
	do
		ended = wait(NULL);
	while (pid > 0 && ended != pid && (ended > 0 || errno == EINTR));
}

/* Waits for all children that have ended, at most so many tenths of a second for the rest. */
static void wait_for_children(int tenths)
{
	struct timespec tenth = {0, 100000000};
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && tenths > 0) {
		if (!pid) {
			nanosleep(&tenth, NULL);
			tenths--;
		}
	}
}

/* A mount goes; the root cannot, and is only written and read from then on. */
static void unmount(const char *where)
{
	if (!strcmp(where, "/")) {
		if (mount(NULL, where, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
			warn("the root cannot be made read-only");
	} else if (umount(where) < 0) {
		warn("cannot unmount %s", where);
		umount2(where, MNT_DETACH);
	}
}

/* What is on disks is whole when the power goes. What was mounted last goes first. */
static void unmount_all(void)
{
	char lines[4096], *line, *where;

	sync();
	if (proc_read("/proc/mounts", lines, sizeof(lines)) <= 0)
		return;
	lines[strlen(lines) - 1] = 0; /* the last line's end */
	do {
		line = strrchr(lines, '\n');
		line = line ? line + 1 : lines;
		where = strchr(line, ' ');
		if (where && !strncmp(line, "/dev/", 5)) {
			where++;
			where[strcspn(where, " ")] = 0;
			unmount(where);
		}
		if (line > lines)
			line[-1] = 0;
	} while (line > lines);
	sync();
}

static void end_everything(int order)
{
	int what = order == SHUTDOWN_REBOOT ? RB_AUTOBOOT
		   : order == SHUTDOWN_HALT ? (int)RB_HALT_SYSTEM
					    : RB_POWER_OFF;

	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
	kill(-1, SIGHUP); /* what an interactive shell listens to */
	wait_for_children(PATIENCE);
	kill(-1, SIGKILL);
	wait_for_children(PATIENCE);
	unmount_all();
	reboot(what);
	warn("reboot");
}

int main(void)
{
	pid_t shell, pid;
	sigset_t orders;
	int sig;

	if (getpid() != 1)
		errx(1, "only the first process can be init");
	sigemptyset(&orders);
	sigaddset(&orders, SIGCHLD);
	sigaddset(&orders, SHUTDOWN_HALT);
	sigaddset(&orders, SHUTDOWN_POWEROFF);
	sigaddset(&orders, SHUTDOWN_REBOOT);
	sigprocmask(SIG_BLOCK, &orders, NULL);
	set_up();
	run_rc();
	shell = start(SHELL, "-sh", NULL);
	for (;;) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
			if (pid == shell)
				shell = start(SHELL, "-sh", NULL);
		}
		sig = sigwaitinfo(&orders, NULL);
		if (sig > 0 && sig != SIGCHLD)
			end_everything(sig);
	}
}
