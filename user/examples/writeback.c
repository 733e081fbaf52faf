/*
 * writeback [FILE] - bytes stored into memory reach the disk. A file is mapped, and each run adds a
 * line to it by nothing but storing into the mapping. Its page becomes dirty then, msync() writes
 * it, and it is clean. Then reboot, or let the power go: the next run shows the lines that it
 * finds.
 *
 * Watch the page's flags, and the lines of earlier runs. FILE must be on a disk.
 */
#include <err.h>
#include <fcntl.h>
#include <lesson.h>
#include <libgen.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE  4096
#define LINE  64 /* bytes of a line with its end */
#define LINES (PAGE / LINE)

static const char *path = "/home/writeback.txt";
static int fd;
static char *map;

static void open_file(void)
{
	struct stat st;

	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0 || fstat(fd, &st) < 0)
		lesson_fails(path);
	if (st.st_size != PAGE && ftruncate(fd, PAGE) < 0)
		lesson_fails(path);
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		lesson_fails("mmap");
}

/* The lines that earlier runs have left, which end where zeros begin. */
static int print_lines(void)
{
	int n = 0;

	while (n < LINES && map[n * LINE])
		n++;
	if (n)
		printf("%s, as it was found:\n\n", path);
	else
		printf("%s is new: nobody has written to it yet.\n", path);
	for (int i = 0; i < n; i++)
		printf("  %.*s", LINE, map + (size_t)i * LINE);
	return n;
}

static bool lines_are_whole(int n)
{
	for (int i = 0; i < n; i++) {
		int number = 0;

		if (sscanf(map + (size_t)i * LINE, "run %d", &number) != 1 || number != i + 1 ||
		    map[i * LINE + LINE - 1] != '\n')
			return false;
	}
	return true;
}

/* Stores, and nothing else: no write(2). */
static void add_line(int n)
{
	time_t now = time(NULL);
	char line[LINE + 1], date[32];
	int len;

	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", gmtime(&now));
	len = snprintf(line, sizeof(line), "run %2d   %s   process %d", n + 1, date, getpid());
	memset(line + len, ' ', (size_t)(LINE - len));
	line[LINE - 1] = '\n';
	memcpy(map + (size_t)n * LINE, line, LINE);
}

static bool read_finds(int n)
{
	char line[LINE];

	return pread(fd, line, LINE, (off_t)n * LINE) == LINE &&
	       !memcmp(line, map + (size_t)n * LINE, LINE);
}

static bool is_dirty(const char *when)
{
	struct proc_page page;
	uint64_t flags;

	if (!proc_page(0, map, &page) || !page.present)
		lesson_fails("pagemap");
	flags = proc_frame_flags(page.frame);
	printf("  %-22s %10lu   %-5s %12lld\n", when, page.frame,
	       flags & FRAME_DIRTY ? "dirty" : "clean", proc_number("/proc/vmstat", "pgpgout"));
	return flags & FRAME_DIRTY;
}

static void start_anew(void)
{
	memset(map, 0, PAGE);
	printf("\nThe page is full: it starts anew.\n");
}

int main(int argc, char **argv)
{
	bool dirty_before, dirty, dirty_after;
	long long out;
	char copy[256];
	int n;

	if (argc > 1)
		path = argv[1];
	strlcpy(copy, path, sizeof(copy));
	if (lesson_in_memory(dirname(copy)))
		errx(1, "%s is in memory only, and ends with the machine", path);
	open_file();
	n = print_lines();
	if (n)
		printf("\n");
	seen(lines_are_whole(n), "%d line%s found, and each is whole", n,
	     n == 1 ? " was" : "s were");
	if (n == LINES) {
		start_anew();
		n = 0;
	}
	fsync(fd);
	printf("\nNow a line is stored into memory at %p:\n\n", (void *)(map + (size_t)n * LINE));
	printf("  %-22s %10s   %-5s %12s\n", "", "frame", "page", "KiB written");
	dirty_before = is_dirty("before");
	out = proc_number("/proc/vmstat", "pgpgout");
	add_line(n);
	dirty = is_dirty("after the store");
	if (msync(map, PAGE, MS_SYNC) < 0)
		lesson_fails("msync");
	dirty_after = is_dirty("after msync(MS_SYNC)");
	printf("\n");
	seen(!dirty_before && dirty, "the store made the page dirty");
	seen(read_finds(n), "read(2) finds the line, which nobody wrote with write(2)");
	seen(!dirty_after && proc_number("/proc/vmstat", "pgpgout") > out,
	     "msync() wrote the page, and it is clean");
	munmap(map, PAGE);
	printf("\nReboot, and run it again: line %d will be there.\n", n + 1);
	return lesson_end();
}
