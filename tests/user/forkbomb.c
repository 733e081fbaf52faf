/*
 * forkbomb limit - an unprivileged user may have 30 processes, each of which forks as often as
 * it can: every fork beyond fails with EAGAIN.
 * forkbomb memory - processes that use 256 KiB each, until there is no memory for another.
 *
 * Both clean up behind them, print how far they got, and end with 0 if it went as it should.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT	30
#define USER	1000
#define MOST	5000
#define BYTES	(256 * 1024)
#define SECONDS 2

struct shared {
	volatile int alive, most_alive, refused, odd;
};

static struct shared *shared;

/* Forks as long as it is allowed; so does every child. */
static void bomb(void)
{
	for (int i = 0; i < LIMIT; i++) {
		pid_t pid = fork();

		if (!pid) {
			int alive = __sync_add_and_fetch(&shared->alive, 1);

			if (alive > shared->most_alive)
				shared->most_alive = alive;
			i = 0;
		} else if (pid < 0) {
			__sync_add_and_fetch(errno == EAGAIN ? &shared->refused : &shared->odd, 1);
			usleep(10000);
		}
	}
	pause();
}

static int try_limit(void)
{
	struct rlimit limit = {LIMIT, LIMIT};
	pid_t first = fork();

	if (!first) {
		setsid();
		if (setrlimit(RLIMIT_NPROC, &limit) < 0 || setuid(USER) < 0)
			_exit(1);
		shared->alive = 1;
		bomb();
	}
	sleep(SECONDS);
	kill(-first, SIGKILL);
	waitpid(first, NULL, 0);
	printf("%d processes at most, %d forks refused, %d for another reason\n",
	       shared->most_alive, shared->refused, shared->odd);
	return shared->most_alive == LIMIT && shared->refused > 0 && !shared->odd ? 0 : 1;
}

static void use_memory(void)
{
	char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(2);
	memset(p, 1, BYTES);
	__sync_add_and_fetch(&shared->alive, 1);
	pause();
}

static int try_memory(void)
{
	static pid_t pids[MOST];
	int count = 0, ended = 0, status;

	memset(pids, 0, sizeof(pids));
	/* The first that is killed for want of memory, or a fork that fails, is the end. */
	while (count < MOST && !ended) {
		pids[count] = fork();
		if (!pids[count])
			use_memory();
		if (pids[count] < 0)
			break;
		count++;
		usleep(1000);
		ended = waitpid(-1, &status, WNOHANG) > 0;
	}
	for (int i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	printf("%d processes of %d KiB fitted in\n", shared->alive, BYTES / 1024);
	return shared->alive > 0 && count < MOST ? 0 : 1;
}

int main(int argc, char **argv)
{
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || argc < 2)
		return 2;
	memset(shared, 0, sizeof(*shared));
	return strcmp(argv[1], "memory") ? try_limit() : try_memory();
}
