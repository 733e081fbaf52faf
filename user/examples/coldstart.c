/*
 * coldstart [FOLDER] - a program is not read when it starts. One of 16 MiB is made, which runs its
 * first page and reads three others, and the page cache is told to forget it. Then it is started
 * twice: the first time the pages that it touches come from the disk (major faults), with what is
 * read ahead around them; the second time they are there (minor faults), and nothing is read.
 *
 * Watch how few of its pages get into memory, and the second start read nothing. FOLDER must be on
 * a disk.
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <lesson.h>
#include <procinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  4096u
#define PAGES 4096u /* 16 MiB */
#define BASE  0x08048000u

/* Far enough from each other that nobody would read one ahead for the other. */
static const unsigned int touched[] = {1000, 2000, 3000};
#define TOUCHED (sizeof(touched) / sizeof(touched[0]))

static const char *folder = "/tmp";
static char path[256];
static unsigned char vec[PAGES];

struct start {
	long major, minor;
	long long kib; /* read from disks meanwhile */
	unsigned int resident;
};

/* ---- the program ----------------------------------------------------------------------------- */

/* mov (page), %eax for each page; exit(0). */
static size_t make_code(unsigned char *code)
{
	static const unsigned char leave[] = {0x31, 0xdb,	   /* xor %ebx, %ebx */
					      0xb8, 1,	  0, 0, 0, /* mov $1, %eax */
					      0xcd, 0x80};	   /* int $0x80 */
	unsigned char *at = code;

	for (size_t i = 0; i < TOUCHED; i++) {
		uint32_t address = BASE + touched[i] * PAGE;

		*at++ = 0xa1;
		memcpy(at, &address, sizeof(address));
		at += sizeof(address);
	}
	memcpy(at, leave, sizeof(leave));
	return (size_t)(at - code) + sizeof(leave);
}

static void make_first_page(unsigned char *page)
{
	const size_t headers = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
	Elf32_Ehdr eh = {.e_ident = ELFMAG "\1\1\1", /* 32 bits, little endian, version 1 */
			 .e_type = ET_EXEC,
			 .e_machine = EM_386,
			 .e_version = 1,
			 .e_entry = BASE + headers,
			 .e_phoff = sizeof(eh),
			 .e_ehsize = sizeof(eh),
			 .e_phentsize = sizeof(Elf32_Phdr),
			 .e_phnum = 1};
	Elf32_Phdr ph = {.p_type = PT_LOAD,
			 .p_vaddr = BASE,
			 .p_paddr = BASE,
			 .p_filesz = PAGES * PAGE,
			 .p_memsz = PAGES * PAGE,
			 .p_flags = PF_R | PF_X,
			 .p_align = PAGE};

	memcpy(page, &eh, sizeof(eh));
	memcpy(page + sizeof(eh), &ph, sizeof(ph));
	make_code(page + headers);
}

/* All of it is written: a hole would not come from the disk. */
static void make_program(void)
{
	static unsigned char page[PAGE];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0755);

	if (fd < 0)
		lesson_fails(path);
	for (unsigned int i = 0; i < PAGES; i++) {
		memset(page, (int)(i % 251 + 1), PAGE);
		if (i == 0)
			make_first_page(page);
		if (write(fd, page, PAGE) != PAGE)
			lesson_fails(path);
	}
	if (fsync(fd) < 0)
		lesson_fails("fsync");
	close(fd);
}

/* ---- looking at it --------------------------------------------------------------------------- */

/* How many of the file's pages are in memory, and which (vec). Mapping them brings none there. */
static unsigned int count_resident(void)
{
	int fd = open(path, O_RDONLY);
	void *map = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	unsigned int n = 0;

	if (map == MAP_FAILED || mincore(map, PAGES * PAGE, vec) < 0)
		lesson_fails("mincore");
	for (unsigned int i = 0; i < PAGES; i++)
		n += vec[i] & 1;
	munmap(map, PAGES * PAGE);
	close(fd);
	return n;
}

static void forget(void)
{
	int fd = open(path, O_RDONLY);

	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

static struct start run(void)
{
	long long before = proc_number("/proc/vmstat", "pgpgin");
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		lesson_fails("fork");
	if (!pid) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) < 0 || status)
		lesson_fails("the program did not run");
	return (struct start){.major = usage.ru_majflt,
			      .minor = usage.ru_minflt,
			      .kib = proc_number("/proc/vmstat", "pgpgin") - before,
			      .resident = count_resident()};
}

static void print(const char *when, const struct start *s)
{
	printf("  %-14s %15u %13ld %13ld %10lld\n", when, s->resident, s->major, s->minor, s->kib);
}

static void print_ranges(void)
{
	printf("\nThe pages in memory:");
	for (unsigned int i = 0, first; i < PAGES; i++) {
		for (first = i; i < PAGES && (vec[i] & 1);)
			i++;
		if (i > first)
			printf(" %u-%u", first, i - 1);
	}
	printf("\n\n");
}

static bool touched_are_there(void)
{
	bool all = vec[0] & 1;

	for (size_t i = 0; i < TOUCHED; i++)
		all = all && (vec[touched[i]] & 1);
	return all;
}

int main(int argc, char **argv)
{
	struct start cold, warm;
	unsigned int forgotten;

	if (argc > 1)
		folder = argv[1];
	if (lesson_in_memory(folder))
		errx(1, "%s is in memory only: no start from there is cold", folder);
	snprintf(path, sizeof(path), "%s/coldstart.%d", folder, getpid());
	make_program();
	printf("A program of %u pages, of which it runs page 0 and reads pages %u, %u and %u:\n\n",
	       PAGES, touched[0], touched[1], touched[2]);
	printf("  %-14s %15s %13s %13s %10s\n", "", "pages in memory", "major faults",
	       "minor faults", "KiB read");
	forget();
	forgotten = count_resident();
	printf("  %-14s %15u\n", "forgotten", forgotten);
	cold = run();
	print("first start", &cold);
	warm = run();
	print("second start", &warm);
	print_ranges();
	unlink(path);
	seen(forgotten < PAGES / 16, "the page cache had forgotten the file");
	seen(cold.major > 0 && cold.major <= (long)TOUCHED + 1,
	     "the first start waited for the disk %ld time%s: not more than pages were touched",
	     cold.major, cold.major == 1 ? "" : "s");
	seen(touched_are_there() && cold.resident < PAGES * 3 / 4,
	     "the pages that it touched came into memory, and %u%% of all pages in all",
	     cold.resident * 100 / PAGES);
	seen(cold.kib >= (long long)(TOUCHED + 1) * PAGE / 1024 && cold.kib < PAGES * 3,
	     "%lld KiB of 16384 were read", cold.kib);
	seen(warm.major == 0 && warm.resident == cold.resident,
	     "the second start found all of them, without a major fault");
	return lesson_end();
}
