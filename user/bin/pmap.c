/*
 * pmap [-x] PID... - the regions of a process; -x: what of each is in memory and what was
 * written to, by /proc/PID/smaps.
 */
#include <err.h>
#include <procinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct totals {
	unsigned long size, rss, pss, dirty;
};

static const char *name_of(const struct proc_region *r)
{
	const char *slash = strrchr(r->path, '/');

	if (!*r->path)
		return "[ anon ]";
	return slash ? slash + 1 : r->path;
}

static int show(pid_t pid)
{
	FILE *maps = proc_open_maps(pid);
	struct proc_region r;
	unsigned long total = 0;

	if (!maps)
		return 1;
	while (proc_next_region(maps, &r)) {
		printf("%08lx %8luK %.5s %s\n", r.start, (r.end - r.start) / 1024, r.perm,
		       name_of(&r));
		total += (r.end - r.start) / 1024;
	}
	printf(" total   %8luK\n", total);
	fclose(maps);
	return 0;
}

/* A line "Key:  number kB" of smaps. */
static void take_line(const char *line, struct totals *region)
{
	char key[32];
	unsigned long kib;

	if (sscanf(line, "%31[^:]: %lu", key, &kib) != 2)
		return;
	if (!strcmp(key, "Size"))
		region->size = kib;
	else if (!strcmp(key, "Rss"))
		region->rss = kib;
	else if (!strcmp(key, "Pss"))
		region->pss = kib;
	else if (!strcmp(key, "Shared_Dirty") || !strcmp(key, "Private_Dirty"))
		region->dirty += kib;
}

static void print_region(const struct proc_region *r, const struct totals *t)
{
	printf("%08lx %8lu %8lu %8lu %8lu %.5s %s\n", r->start, t->size, t->rss, t->pss, t->dirty,
	       r->perm, name_of(r));
}

static void add(struct totals *to, const struct totals *t)
{
	to->size += t->size;
	to->rss += t->rss;
	to->pss += t->pss;
	to->dirty += t->dirty;
}

/* Each region of smaps is a line as in maps, then lines of numbers. */
static int show_in_full(pid_t pid)
{
	struct totals total = {0}, region = {0};
	struct proc_region r = {0};
	char path[40], line[400];
	bool any = false;
	FILE *smaps;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	smaps = fopen(path, "r");
	if (!smaps)
		return 1;
	printf("%-8s %8s %8s %8s %8s %-5s %s\n", "Address", "Kbytes", "RSS", "PSS", "Dirty", "Mode",
	       "Mapping");
	while (fgets(line, sizeof(line), smaps)) {
		struct proc_region next;
		int name = 0;

		if (sscanf(line, "%lx-%lx %7s %*x %*s %*u %n", &next.start, &next.end, next.perm,
			   &name) < 3) {
			take_line(line, &region);
			continue;
		}
		if (any)
			print_region(&r, &region);
		add(&total, &region);
		any = true;
		r = next;
		region = (struct totals){0};
		line[strcspn(line, "\n")] = 0;
		strlcpy(r.path, line + name, sizeof(r.path));
	}
	if (any)
		print_region(&r, &region);
	add(&total, &region);
	printf("total kB %8lu %8lu %8lu %8lu\n", total.size, total.rss, total.pss, total.dirty);
	fclose(smaps);
	return 0;
}

int main(int argc, char **argv)
{
	bool in_full = false;
	int option, failed = 0;

	while ((option = getopt(argc, argv, "x")) != -1) {
		if (option == '?')
			return 2;
		in_full = true;
	}
	if (optind == argc)
		errx(2, "usage: pmap [-x] PID...");
	for (int i = optind; i < argc; i++) {
		struct proc_stat st;
		char command[128];

		if (!proc_stat(atoi(argv[i]), &st)) {
			warnx("%s: no such process", argv[i]);
			failed = 1;
			continue;
		}
		proc_command(&st, command, sizeof(command));
		printf("%d:   %s\n", st.pid, command);
		failed |= (in_full ? show_in_full : show)(st.pid);
	}
	return failed;
}
