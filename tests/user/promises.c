/*
 * promises - works hard on a file system, and writes down in another place what it did and what
 * was promised to it: the guest's half of the power cut test (tests/system/powercut.py).
 *
 *	promises DEVICE FOLDER JOURNAL OPERATIONS SEED
 *
 * Mounts DEVICE as ext2 on FOLDER ("-": FOLDER is used as it is), works, and unmounts it. JOURNAL
 * is another partition of the same disk. After each call that confirms something (fsync,
 * fdatasync, msync, sync, a write with O_SYNC) one page goes there with O_SYNC: its number, its
 * CRC, and a line for each operation since the page before; the last is what was confirmed.
 *
 *	create PATH FILE		link PATH PATH		fsync PATH FILE
 *	write FILE FROM COUNT VERSION	rename PATH PATH	data FILE
 *	size FILE SECTORS		unlink PATH		osync FILE FROM COUNT VERSION
 *	mkdir PATH, rmdir PATH		dirsync PATH		sync
 *
 * Files are written in sectors of 512 bytes, each full of its own name: 32 times the four words
 * MAGIC, number of the file, number of the sector, version. Sector 0 is always there.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/user/seeded.h"

#define MAGIC	     0x4f494c46u /* "FLIO" */
#define SECTOR	     512u
#define JOURNAL_PAGE 4096u
#define PAGES	     128u /* of the journal; then it begins anew */
#define FOLDERS	     6u
#define IN_FOLDER    10u /* names in each folder, and in the root, which is folder 0 */
#define NAMES	     ((FOLDERS + 1) * IN_FOLDER)
#define MOST_FILES   20000u
#define MOST_SECTORS 10000u /* of all files together: about 5 MB */
#define MOST_AT_ONCE 64u

struct file {
	uint32_t size; /* in sectors */
	uint32_t full; /* about how many of them were written */
	uint32_t links;
};

static uint32_t state, version, operation;
static struct file files[MOST_FILES];
static uint32_t next_file = 1, all_full;
static uint32_t names[NAMES]; /* which file; 0: none */
static bool folders[FOLDERS + 1] = {true};
static unsigned char buffer[MOST_AT_ONCE * SECTOR];
static int journal;
static uint32_t page_number, page_used;
static struct {
	uint32_t magic, number, crc, used;
	char text[JOURNAL_PAGE - 16];
} page;

static uint32_t any(uint32_t below)
{
	return seeded_below(&state, below);
}

static void must(bool well, const char *what)
{
	if (!well)
		err(1, "operation %u: %s", operation, what);
}

/* ---- the journal ---------------------------------------------------------------------------- */

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	page_used += (uint32_t)vsnprintf(page.text + page_used, sizeof(page.text) - page_used, fmt,
					 args);
	va_end(args);
	must(page_used < sizeof(page.text), "the page is full");
}

static void write_page(void)
{
	page.magic = MAGIC;
	page.number = page_number++;
	page.used = page_used;
	page.crc = seeded_crc(0, page.text, page_used);
	must(pwrite(journal, &page, sizeof(page), page.number % PAGES * JOURNAL_PAGE) ==
		     sizeof(page),
	     "journal");
	page_used = 0;
}

/* ---- names and files ------------------------------------------------------------------------ */

static const char *path_of(uint32_t name)
{
	static char paths[2][32];
	static int turn;
	char *path = paths[turn ^= 1];

	if (name < IN_FOLDER)
		snprintf(path, sizeof(paths[0]), "n%u", name);
	else
		snprintf(path, sizeof(paths[0]), "d%u/a.longer.name.%u", name / IN_FOLDER,
			 name % IN_FOLDER);
	return path;
}

static const char *path_of_folder(uint32_t folder)
{
	static char path[16];

	if (folder)
		snprintf(path, sizeof(path), "d%u", folder);
	else
		strcpy(path, ".");
	return path;
}

/* A name that is taken, or one that is free and whose folder is there; NAMES: none was found. */
static uint32_t some_name(bool taken)
{
	for (int tries = 0; tries < 200; tries++) {
		uint32_t name = any(NAMES);

		if (folders[name / IN_FOLDER] && !names[name] == !taken)
			return name;
	}
	return NAMES;
}

static int open_name(uint32_t name, int flags)
{
	int fd = open(path_of(name), O_RDWR | flags, 0644);

	must(fd >= 0, "open");
	return fd;
}

static void drop(uint32_t file)
{
	if (--files[file].links == 0)
		all_full -= files[file].full;
}

static void fill(uint32_t file, uint32_t from, uint32_t count)
{
	uint32_t *word = (uint32_t *)buffer;

	for (uint32_t sector = from; sector < from + count; sector++) {
		for (uint32_t i = 0; i < SECTOR / 16; i++) {
			*word++ = MAGIC;
			*word++ = file;
			*word++ = sector;
			*word++ = version;
		}
	}
}

static void grow(uint32_t file, uint32_t from, uint32_t count)
{
	struct file *f = &files[file];
	uint32_t end = from + count, more = end > f->size ? end - f->size : 0;

	more = more < count ? more : count;
	f->full += more;
	all_full += more;
	f->size = end > f->size ? end : f->size;
}

static void write_sectors(int fd, const char *how, uint32_t file, uint32_t from, uint32_t count)
{
	version++;
	fill(file, from, count);
	say("%s %u %u %u %u\n", how, file, from, count, version);
	must(pwrite(fd, buffer, count * SECTOR, (off_t)from * SECTOR) == (ssize_t)(count * SECTOR),
	     how);
	grow(file, from, count);
}

/* ---- operations; each is given a name that is taken ------------------------------------------ */

static void do_create(uint32_t unused)
{
	uint32_t name = some_name(false), file = next_file;
	int fd;

	(void)unused;
	if (name == NAMES || next_file + 1 == MOST_FILES)
		return;
	next_file++;
	say("create %s %u\n", path_of(name), file);
	fd = open_name(name, O_CREAT | O_EXCL);
	names[name] = file;
	files[file].links = 1;
	write_sectors(fd, "write", file, 0, 1 + any(any(3) ? 8 : MOST_AT_ONCE));
	close(fd);
}

static void do_write(uint32_t name)
{
	uint32_t file = names[name], from = any(files[file].size), count = 1 + any(12);
	int fd = open_name(name, 0);

	write_sectors(fd, "write", file, from, count);
	close(fd);
}

static void do_append(uint32_t name)
{
	uint32_t file = names[name];
	int fd = open_name(name, O_APPEND);

	write_sectors(fd, "write", file, files[file].size, 1 + any(any(3) ? 8 : MOST_AT_ONCE));
	close(fd);
}

/* Far behind the end, where blocks are reached by one, two or three indirect blocks. */
static void do_sparse(uint32_t name)
{
	static const uint32_t places[] = {24, 40, 100, 536, 600, 2000, 8500, 16000, 131800, 140000};
	uint32_t file = names[name], from = places[any(10)] + any(60);
	int fd = open_name(name, 0);

	write_sectors(fd, "write", file, from, 1 + any(10));
	close(fd);
}

/* Stores through a shared mapping of the pages around some sectors. */
static void store(int fd, uint32_t file, int flags)
{
	uint32_t size = files[file].size, from = any(size), count = 1 + any(20);
	uint32_t start = from & ~7u;
	unsigned char *map;

	if (count > size - from)
		count = size - from;
	version++;
	fill(file, from, count);
	say("write %u %u %u %u\n", file, from, count, version);
	map = mmap(NULL, (from + count - start) * SECTOR, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   (off_t)start * SECTOR);
	must(map != MAP_FAILED, "mmap");
	memcpy(map + (from - start) * SECTOR, buffer, count * SECTOR);
	must(!flags || msync(map, (from + count - start) * SECTOR, flags) == 0, "msync");
	munmap(map, (from + count - start) * SECTOR);
	grow(file, from, count);
}

static void do_store(uint32_t name)
{
	int fd = open_name(name, 0);

	store(fd, names[name], any(2) ? MS_ASYNC : 0);
	close(fd);
}

static void do_size(uint32_t name)
{
	uint32_t file = names[name], size = files[file].size;
	uint32_t to = any(4) ? 1 + any(size) : size + any(100);
	int fd = open_name(name, 0);

	say("size %u %u\n", file, to);
	must(ftruncate(fd, (off_t)to * SECTOR) == 0, "ftruncate");
	files[file].size = to;
	if (files[file].full > to) {
		all_full -= files[file].full - to;
		files[file].full = to;
	}
	close(fd);
}

static void do_unlink(uint32_t name)
{
	say("unlink %s\n", path_of(name));
	must(unlink(path_of(name)) == 0, "unlink");
	drop(names[name]);
	names[name] = 0;
}

static void do_rename(uint32_t name)
{
	uint32_t to = some_name(any(2));

	if (to == NAMES || names[to] == names[name])
		return;
	say("rename %s %s\n", path_of(name), path_of(to));
	must(rename(path_of(name), path_of(to)) == 0, "rename");
	if (names[to])
		drop(names[to]);
	names[to] = names[name];
	names[name] = 0;
}

static void do_link(uint32_t name)
{
	uint32_t to = some_name(false);

	if (to == NAMES)
		return;
	say("link %s %s\n", path_of(name), path_of(to));
	must(link(path_of(name), path_of(to)) == 0, "link");
	files[names[name]].links++;
	names[to] = names[name];
}

/* As programs of old renamed. */
static void do_relink(uint32_t name)
{
	uint32_t file = names[name];

	do_link(name);
	if (files[file].links > 1)
		do_unlink(name);
}

/* Makes a folder, or empties and removes one. */
static void do_folder(uint32_t unused)
{
	uint32_t folder = 1 + any(FOLDERS);

	(void)unused;
	if (folders[folder] && any(3))
		return; /* they stay longer than they are away */
	for (uint32_t i = folder * IN_FOLDER; i < (folder + 1) * IN_FOLDER; i++) {
		if (names[i])
			do_unlink(i);
	}
	say("%s %s\n", folders[folder] ? "rmdir" : "mkdir", path_of_folder(folder));
	must((folders[folder] ? rmdir(path_of_folder(folder))
			      : mkdir(path_of_folder(folder), 0755)) == 0,
	     "mkdir, rmdir");
	folders[folder] = !folders[folder];
}

/* ---- what confirms -------------------------------------------------------------------------- */

static void do_fsync(uint32_t name)
{
	int fd = open_name(name, 0);

	must(fsync(fd) == 0, "fsync");
	close(fd);
	say("fsync %s %u\n", path_of(name), names[name]);
	write_page();
}

static void do_fdatasync(uint32_t name)
{
	int fd = open_name(name, 0);

	must(fdatasync(fd) == 0, "fdatasync");
	close(fd);
	say("data %u\n", names[name]);
	write_page();
}

/* Stores and msync(), and again through the same mapping, whose pages were clean meanwhile. */
static void do_msync(uint32_t name)
{
	uint32_t file = names[name], size = files[file].size;
	int fd = open_name(name, 0);
	unsigned char *map = mmap(NULL, size * SECTOR, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	must(map != MAP_FAILED, "mmap");
	for (int turn = 0; turn < 2; turn++) {
		uint32_t from = any(size < 16 ? size : 16);

		version++;
		fill(file, from, 1);
		say("write %u %u 1 %u\n", file, from, version);
		memcpy(map + from * SECTOR, buffer, SECTOR);
		must(msync(map, size * SECTOR, MS_SYNC) == 0, "msync");
		say("data %u\n", file);
		write_page();
	}
	munmap(map, size * SECTOR);
	close(fd);
}

static void do_osync(uint32_t name)
{
	uint32_t file = names[name];
	int fd = open_name(name, any(2) ? O_SYNC : O_DSYNC);

	write_sectors(fd, "osync", file, any(files[file].size + 1), 1 + any(20));
	close(fd);
	write_page();
}

static void do_dirsync(uint32_t name)
{
	uint32_t folder = name / IN_FOLDER;
	int fd = open(path_of_folder(folder), O_RDONLY | O_DIRECTORY);

	must(fd >= 0 && fsync(fd) == 0, "fsync of a folder");
	close(fd);
	say("dirsync %s\n", path_of_folder(folder));
	write_page();
}

static void do_sync(uint32_t unused)
{
	(void)unused;
	sync();
	say("sync\n");
	write_page();
}

static const struct {
	uint32_t weight;
	void (*run)(uint32_t name);
} table[] = {
	{14, do_create}, {11, do_write}, {12, do_append}, {3, do_sparse},    {10, do_store},
	{5, do_size},	 {8, do_unlink}, {10, do_rename}, {3, do_link},	     {3, do_relink},
	{3, do_folder},	 {7, do_fsync},	 {3, do_msync},	  {2, do_fdatasync}, {3, do_osync},
	{2, do_dirsync}, {1, do_sync},
};

static void one_operation(void)
{
	uint32_t at = any(100), i = 0, name = some_name(true);

	if (name == NAMES || page_number == 0) {
		do_create(0);
		do_sync(0);
	} else if (page_used > sizeof(page.text) - 1000) {
		do_sync(0);
	} else if (all_full > MOST_SECTORS) {
		do_unlink(name);
	} else {
		while (at >= table[i].weight)
			at -= table[i++].weight;
		table[i].run(name);
	}
}

/* Data shall not wait for half a minute before it is written on its own. */
static void hurry(void)
{
	static const char *const settings[] = {"dirty_writeback_centisecs",
					       "dirty_expire_centisecs"};
	char path[64];

	for (int i = 0; i < 2; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/sys/vm/%s", settings[i]);
		fd = open(path, O_WRONLY);
		if (fd >= 0 && write(fd, "20\n", 3) != 3)
			warn("%s", path);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	uint32_t count;
	bool mounts;

	if (argc != 6)
		errx(2, "usage: promises DEVICE FOLDER JOURNAL OPERATIONS SEED");
	mounts = strcmp(argv[1], "-") != 0;
	journal = open(argv[3], O_RDWR | O_SYNC);
	count = strtoul(argv[4], NULL, 0);
	state = seeded_state(strtoul(argv[5], NULL, 0), 0);
	must(journal >= 0, argv[3]);
	if (mounts) {
		mkdir(argv[2], 0755);
		must(mount(argv[1], argv[2], "ext2", 0, NULL) == 0, "mount");
		hurry();
	}
	must(chdir(argv[2]) == 0, argv[2]);
	for (operation = 0; operation < count; operation++)
		one_operation();
	do_sync(0);
	must(chdir("/") == 0, "/");
	must(!mounts || umount(argv[2]) == 0, "umount");
	printf("promises: %u operations, %u pages, %u files\n", count, page_number, next_file);
	return 0;
}
