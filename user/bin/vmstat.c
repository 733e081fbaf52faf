/*
 * vmstat [SECONDS [COUNT]] - processes (r run, b wait for devices), memory in KiB, swapping and
 * input/output per second, page faults, interrupts and task switches per second, and shares of
 * processor time. The first line is an average since the start.
 */
#include <err.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USER, NICE, SYSTEM, IDLE, WAIT, CPU_TIMES };

struct sample {
	unsigned long long cpu[CPU_TIMES];
	long long faults, interrupts, switches, swap_in, swap_out, in, out;
};

/* 0 for what this kernel does not count. */
static long long count(const char *path, const char *key)
{
	long long value = proc_number(path, key);

	return value < 0 ? 0 : value;
}

static void measure(struct sample *s)
{
	char line[200];

	memset(s, 0, sizeof(*s));
	if (proc_read("/proc/stat", line, sizeof(line)) < 0 ||
	    sscanf(line, "cpu %llu %llu %llu %llu %llu", &s->cpu[USER], &s->cpu[NICE],
		   &s->cpu[SYSTEM], &s->cpu[IDLE], &s->cpu[WAIT]) < 4)
		err(1, "/proc/stat");
	s->interrupts = count("/proc/stat", "intr");
	s->switches = count("/proc/stat", "ctxt");
	s->faults = count("/proc/vmstat", "pgfault");
	s->swap_in = 4 * count("/proc/vmstat", "pswpin");
	s->swap_out = 4 * count("/proc/vmstat", "pswpout");
	s->in = count("/proc/vmstat", "pgpgin");
	s->out = count("/proc/vmstat", "pgpgout");
}

static void print(const struct sample *a, const struct sample *b)
{
	unsigned long long all = 0, part[CPU_TIMES];
	long long ticks;

	for (int i = 0; i < CPU_TIMES; i++) {
		part[i] = b->cpu[i] - a->cpu[i];
		all += part[i];
	}
	ticks = all ? (long long)all : 1;
	printf("%2lld %2lld %7lld %8lld %7lld %7lld", count("/proc/stat", "procs_running"),
	       count("/proc/stat", "procs_blocked"),
	       count("/proc/meminfo", "SwapTotal") - count("/proc/meminfo", "SwapFree"),
	       count("/proc/meminfo", "MemFree"), count("/proc/meminfo", "Buffers"),
	       count("/proc/meminfo", "Cached"));
	printf(" %4lld %4lld %5lld %5lld", (b->swap_in - a->swap_in) * 100 / ticks,
	       (b->swap_out - a->swap_out) * 100 / ticks, (b->in - a->in) * 100 / ticks,
	       (b->out - a->out) * 100 / ticks);
	printf(" %6lld %5lld %5lld", (b->faults - a->faults) * 100 / ticks,
	       (b->interrupts - a->interrupts) * 100 / ticks,
	       (b->switches - a->switches) * 100 / ticks);
	printf(" %3llu %3llu %3llu %3llu\n",
	       (part[USER] + part[NICE]) * 100 / (unsigned long long)ticks,
	       part[SYSTEM] * 100 / (unsigned long long)ticks,
	       part[IDLE] * 100 / (unsigned long long)ticks,
	       part[WAIT] * 100 / (unsigned long long)ticks);
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? atol(argv[1]) : 0;
	long left = argc > 2 ? atol(argv[2]) : seconds ? -1 : 1;
	struct sample before = {0}, now;

	printf("%2s %2s %7s %8s %7s %7s %4s %4s %5s %5s %6s %5s %5s %3s %3s %3s %3s\n", "r", "b",
	       "swpd", "free", "buff", "cache", "si", "so", "bi", "bo", "faults", "in", "cs", "us",
	       "sy", "id", "wa");
	while (left) {
		measure(&now);
		print(&before, &now);
		before = now;
		if (left > 0)
			left--;
		if (left)
			sleep((unsigned int)seconds);
	}
	return 0;
}
