/*
 * top [-b] [-n N] [-d SECONDS] - memory, processor time, and the processes that use most of it,
 * again and again until q is typed; -b: one after another without clearing the screen, -n: so
 * many times.
 */
#include <err.h>
#include <procinfo.h>
#include <screen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

struct process {
	struct proc_stat st;
	unsigned long used; /* ticks since the last look */
};

static struct process *now, *before;
static int now_count, before_count;
static unsigned long long all_ticks, idle_ticks; /* of the whole machine, at the last look */

static unsigned long ticks(const struct proc_stat *st)
{
	return st->utime + st->stime;
}

static unsigned long used_since(const struct proc_stat *st)
{
	for (int i = 0; i < before_count; i++) {
		if (before[i].st.pid == st->pid && before[i].st.start == st->start)
			return ticks(st) - ticks(&before[i].st);
	}
	return before ? ticks(st) : 0;
}

static int by_use(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	if (x->used != y->used)
		return x->used < y->used ? 1 : -1;
	return x->st.rss != y->st.rss ? (x->st.rss < y->st.rss ? 1 : -1) : x->st.pid - y->st.pid;
}

static void look(void)
{
	pid_t *pids;
	int count = proc_pids(&pids);

	if (count < 0)
		err(1, "/proc");
	now = calloc((size_t)count + 1, sizeof(*now));
	if (!now)
		err(1, "memory");
	now_count = 0;
	for (int i = 0; i < count; i++) {
		struct process *p = &now[now_count];

		if (!proc_stat(pids[i], &p->st))
			continue;
		p->used = used_since(&p->st);
		now_count++;
	}
	free(pids);
	qsort(now, (size_t)now_count, sizeof(*now), by_use);
}

static void print_memory(void)
{
	printf("Mem: %lldK total, %lldK free, %lldK cache, %lldK slab, %lldK page tables\n",
	       proc_number("/proc/meminfo", "MemTotal"), proc_number("/proc/meminfo", "MemFree"),
	       proc_number("/proc/meminfo", "Cached"), proc_number("/proc/meminfo", "Slab"),
	       proc_number("/proc/meminfo", "PageTables"));
}

/* The share of the processor since the last look; returns the ticks that have passed. */
static unsigned long long print_processor(void)
{
	unsigned long long part[5] = {0}, all = 0, passed, idle;
	struct sysinfo info;
	char line[200];

	if (proc_read("/proc/stat", line, sizeof(line)) < 0)
		err(1, "/proc/stat");
	sscanf(line, "cpu %llu %llu %llu %llu %llu", &part[0], &part[1], &part[2], &part[3],
	       &part[4]);
	for (int i = 0; i < 5; i++)
		all += part[i];
	passed = all > all_ticks ? all - all_ticks : 1;
	idle = part[3] + part[4] - idle_ticks;
	all_ticks = all;
	idle_ticks = part[3] + part[4];
	sysinfo(&info);
	printf("CPU: %llu%% busy; %d processes; up %ld s; load %lu.%02lu\n",
	       100 - idle * 100 / passed, now_count, info.uptime, info.loads[0] >> 16,
	       (info.loads[0] & 0xffff) * 100 >> 16);
	return passed;
}

static void print(int rows)
{
	unsigned long long passed;

	print_memory();
	passed = print_processor();
	printf("%5s %5s %1s %8s %7s %5s %7s %s\n", "PID", "PPID", "S", "VSZ", "RSS", "%CPU", "TIME",
	       "COMMAND");
	for (int i = 0; i < now_count && i < rows - 4; i++) {
		const struct proc_stat *st = &now[i].st;
		unsigned long long tenths = now[i].used * 1000ull / passed;
		unsigned long time = ticks(st) / 100;
		char command[60];

		proc_command(st, command, sizeof(command));
		printf("%5d %5d %c %8lu %7ld %3llu.%llu %4lu:%02lu %s\n", st->pid, st->ppid,
		       st->state, st->vsize / 1024, st->rss * 4, tenths / 10, tenths % 10,
		       time / 60, time % 60, command);
	}
}

int main(int argc, char **argv)
{
	bool batch = !isatty(STDOUT_FILENO);
	int option, left = -1, seconds = 2;

	while ((option = getopt(argc, argv, "bn:d:")) != -1) {
		if (option == 'b')
			batch = true;
		else if (option == 'n')
			left = atoi(optarg);
		else if (option == 'd')
			seconds = atoi(optarg);
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOFBF, 0);
	if (!batch)
		screen_begin();
	do {
		look();
		if (!batch)
			screen_clear();
		print(batch ? 100000 : screen_rows());
		free(before);
		before = now;
		before_count = now_count;
		if (left > 0)
			left--;
	} while (left && screen_wait(seconds * 1000));
	screen_end();
	return 0;
}
