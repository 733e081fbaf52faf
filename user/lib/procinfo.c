/* What /proc tells about processes: numbers by name, states, command lines. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t proc_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = 0;
	close(fd);
	return n < 0 ? -1 : (ssize_t)len;
}

long long proc_number(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	size_t len = strlen(key);
	long long value = -1;
	char line[256];

	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, key, len) &&
		    (line[len] == ':' || isspace((unsigned char)line[len])))
			value = atoll(line + len + 1);
	}
	fclose(file);
	return value;
}

/* /proc/PID/NAME, or /proc/self/NAME for pid 0. */
static const char *path_of(char *buf, size_t size, pid_t pid, const char *name)
{
	if (pid)
		snprintf(buf, size, "/proc/%d/%s", pid, name);
	else
		snprintf(buf, size, "/proc/self/%s", name);
	return buf;
}

long long proc_status(pid_t pid, const char *key)
{
	char path[40];

	return proc_number(path_of(path, sizeof(path), pid, "status"), key);
}

/* ---------------------------------------------------------------- regions */

FILE *proc_open_maps(pid_t pid)
{
	char path[40];

	return fopen(path_of(path, sizeof(path), pid, "maps"), "re");
}

bool proc_next_region(FILE *maps, struct proc_region *r)
{
	char line[400], *newline;
	int name = 0;

	if (!fgets(line, sizeof(line), maps))
		return false;
	if (sscanf(line, "%lx-%lx %7s %llx %*s %lu %n", &r->start, &r->end, r->perm, &r->offset,
		   &r->inode, &name) < 5)
		return false;
	newline = strchr(line, '\n');
	if (newline)
		*newline = 0;
	strlcpy(r->path, line + name, sizeof(r->path));
	return true;
}

bool proc_find_region(const void *addr, struct proc_region *r)
{
	FILE *maps = proc_open_maps(0);
	bool found = false;

	while (maps && !found && proc_next_region(maps, r))
		found = (unsigned long)addr >= r->start && (unsigned long)addr < r->end;
	if (maps)
		fclose(maps);
	return found;
}

int proc_count_regions(pid_t pid)
{
	FILE *maps = proc_open_maps(pid);
	struct proc_region r;
	int count = 0;

	if (!maps)
		return -1;
	while (proc_next_region(maps, &r))
		count++;
	fclose(maps);
	return count;
}

/* ---------------------------------------------------------------- pages */

/* The index-th 64-bit word of a file. */
static bool read_word(const char *path, unsigned long index, uint64_t *word)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = pread(fd, word, sizeof(*word), (off_t)index * (off_t)sizeof(*word));
	close(fd);
	return n == sizeof(*word);
}

/* A word of pagemap: bit 63 present, bit 62 swapped out, bits 0..54 the frame. */
bool proc_page(pid_t pid, const void *addr, struct proc_page *page)
{
	char path[40];
	uint64_t word;

	if (!read_word(path_of(path, sizeof(path), pid, "pagemap"), (unsigned long)addr / 4096,
		       &word))
		return false;
	page->present = word >> 63;
	page->swapped = word >> 62 & 1;
	page->frame = page->present ? (unsigned long)(word & ((1ull << 55) - 1)) : 0;
	return true;
}

long proc_frame_mappings(unsigned long frame)
{
	uint64_t count;

	return read_word("/proc/kpagecount", frame, &count) ? (long)count : -1;
}

uint64_t proc_frame_flags(unsigned long frame)
{
	uint64_t flags;

	return read_word("/proc/kpageflags", frame, &flags) ? flags : 0;
}

/* ---------------------------------------------------------------- processes */

bool proc_stat(pid_t pid, struct proc_stat *st)
{
	char path[40], buf[600], *end;

	if (proc_read(path_of(path, sizeof(path), pid, "stat"), buf, sizeof(buf)) <= 0)
		return false;
	end = strrchr(buf, ')'); /* a name may contain anything */
	if (!end || sscanf(buf, "%d (%19[^\n]", &st->pid, st->comm) != 2)
		return false;
	*end = 0;
	strlcpy(st->comm, strchr(buf, '(') + 1, sizeof(st->comm));
	return sscanf(end + 1,
		      " %c %d %d %d %d %*d %*u %lu %*u %lu %*u %lu %lu %*d %*d %*d %ld %ld %*d "
		      "%llu %lu %ld",
		      &st->state, &st->ppid, &st->pgrp, &st->session, &st->tty, &st->minor_faults,
		      &st->major_faults, &st->utime, &st->stime, &st->nice, &st->threads,
		      &st->start, &st->vsize, &st->rss) == 14;
}

static int by_number(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

int proc_pids(pid_t **result)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	pid_t *pids = NULL;
	int count = 0, room = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (count == room) {
			pid_t *more;

			room = 2 * room + 32;
			more = reallocarray(pids, (size_t)room, sizeof(*pids));
			if (!more)
				break;
			pids = more;
		}
		pids[count++] = atoi(entry->d_name);
	}
	closedir(dir);
	if (count)
		qsort(pids, (size_t)count, sizeof(*pids), by_number);
	*result = pids;
	return count;
}

void proc_command(const struct proc_stat *st, char *buf, size_t size)
{
	char path[40];
	ssize_t len = proc_read(path_of(path, sizeof(path), st->pid, "cmdline"), buf, size);

	while (len > 0 && !buf[len - 1])
		len--;
	for (ssize_t i = 0; i < len; i++) {
		if (!isprint((unsigned char)buf[i]))
			buf[i] = ' ';
	}
	if (len <= 0)
		snprintf(buf, size, "[%s]", st->comm);
}

/* ---------------------------------------------------------------- caches and sizes */

FILE *proc_open_slabinfo(void)
{
	return fopen("/proc/slabinfo", "re");
}

/* Two lines of headings begin with a letter and "#"; every other one is a cache. */
bool proc_next_cache(FILE *slabinfo, struct proc_cache *c)
{
	char line[300];

	while (fgets(line, sizeof(line), slabinfo)) {
		if (sscanf(line,
			   "%31s %lu %lu %lu %lu %lu : tunables %*u %*u %*u : slabdata %*u %lu",
			   c->name, &c->active, &c->total, &c->size, &c->per_slab,
			   &c->pages_per_slab, &c->slabs) == 7)
			return true;
	}
	return false;
}

char *human_size(char *buf, unsigned long long bytes)
{
	const char *unit = " KMGT";
	unsigned long long tenths = bytes * 10;

	for (; tenths >= 10240; unit++)
		tenths /= 1024;
	if (*unit == ' ')
		snprintf(buf, 8, "%llu", bytes);
	else if (tenths < 100)
		snprintf(buf, 8, "%llu.%llu%c", tenths / 10, tenths % 10, *unit);
	else
		snprintf(buf, 8, "%llu%c", tenths / 10, *unit);
	return buf;
}
