/*
 * hostile - mounts damaged ext2 file systems and uses them. None may do more harm than errors.
 *
 *	hostile PRISTINE SCRATCH FOLDER FIRST COUNT
 *
 * For each seed from FIRST on: the bytes of the disk PRISTINE, with some of them changed, go to the
 * disk SCRATCH, which is mounted on FOLDER; a child walks it, reads, maps and writes; then it must
 * be possible to unmount it. Seed 0 changes nothing, and nothing may fail then. A line is printed
 * before each image, so that the host knows which one it was that brought the machine down.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/user/seeded.h"

#define PAGE	      4096u
#define BLKFLSBUF     0x1261
#define ENTRIES	      300u /* that a walk looks at */
#define DEPTH	      6u
#define MOST_TARGETS  4096u
#define INODE_POINTER 40u /* of the first of an inode's 15 block pointers */

/* Where to do damage, and in how many of a hundred cases. */
enum region { SUPER, DESCRIPTORS, INODES, FOLDERS, INDIRECT, ANYWHERE, REGIONS };
static const uint32_t weights[REGIONS] = {8, 10, 32, 27, 18, 5};
static const char *const region_names[REGIONS] = {"super",  "descriptor", "inode",
						  "folder", "indirect",	  "any"};

struct target {
	uint32_t from, size;
};

static unsigned char *pristine, *image;
static uint32_t image_size, block_size, state, seed;
static struct target targets[REGIONS][MOST_TARGETS];
static uint32_t target_count[REGIONS];
static char *paths[ENTRIES];
static uint32_t path_count, errors_seen, first_errno;
static const char *first_call;
static unsigned char buffer[4 * PAGE];
static sigjmp_buf after_sigbus;

static uint32_t any(uint32_t below)
{
	return seeded_below(&state, below);
}

/* ---- what there is to damage ---------------------------------------------------------------- */

static uint32_t word_at(uint32_t at)
{
	uint32_t word;

	if (at + 4 > image_size)
		return 0;
	memcpy(&word, pristine + at, 4);
	return word;
}

static void add_target(enum region region, uint32_t from, uint32_t size)
{
	if (from + size <= image_size && target_count[region] < MOST_TARGETS)
		targets[region][target_count[region]++] = (struct target){from, size};
}

static void add_indirect(uint32_t block, int depth)
{
	if (!block)
		return;
	add_target(INDIRECT, block * block_size, block_size);
	for (uint32_t i = 0; depth > 1 && i < block_size / 4; i++)
		add_indirect(word_at(block * block_size + 4 * i), depth - 1);
}

static void add_inode(uint32_t at)
{
	uint32_t mode = word_at(at) & S_IFMT;
	bool has_blocks =
		mode == S_IFREG || mode == S_IFDIR || (mode == S_IFLNK && word_at(at + 28));

	if (!mode)
		return;
	add_target(INODES, at, 128);
	for (uint32_t i = 0; has_blocks && i < 15; i++) {
		uint32_t block = word_at(at + INODE_POINTER + 4 * i);

		if (i >= 12)
			add_indirect(block, (int)i - 11);
		else if (mode == S_IFDIR && block)
			add_target(FOLDERS, block * block_size, block_size);
	}
}

/* From the superblock (ext2: at 1024) and the descriptors to all inodes in use. */
static void find_targets(void)
{
	uint32_t inodes = word_at(1024), per_group = word_at(1024 + 40);
	uint32_t inode_size = word_at(1024 + 88) & 0xffff, table;

	block_size = 1024u << word_at(1024 + 24);
	table = (word_at(1024 + 20) + 1) * block_size;
	add_target(SUPER, 1024, 264);
	add_target(ANYWHERE, 1024, image_size - 1024);
	for (uint32_t group = 0; group < inodes / per_group; group++) {
		uint32_t first = word_at(table + 32 * group + 8) * block_size;

		add_target(DESCRIPTORS, table + 32 * group, 18);
		for (uint32_t i = 0; i < per_group; i++)
			add_inode(first + i * inode_size);
	}
}

static void read_pristine(const char *device)
{
	int fd = open(device, O_RDONLY);

	if (fd < 0)
		err(1, "%s", device);
	image_size = (uint32_t)lseek(fd, 0, SEEK_END);
	pristine = malloc(image_size);
	image = malloc(image_size);
	if (!pristine || !image)
		err(1, "no memory for %u bytes", image_size);
	if (pread(fd, pristine, image_size, 0) != (ssize_t)image_size)
		err(1, "%s", device);
	close(fd);
	find_targets();
}

/* ---- damage --------------------------------------------------------------------------------- */

/* A byte of the head of some entry in a block of a folder: inode, length, length of the name. */
static uint32_t some_entry(const struct target *t)
{
	uint32_t at = 0, steps = any(12), next;

	while (steps--) {
		next = at + (word_at(t->from + at + 4) & 0xffff);
		if (next <= at || next + 8 > t->size)
			break;
		at = next;
	}
	return t->from + at + any(8);
}

/* What is used is hit more often than what is not. */
static uint32_t some_byte(enum region region, const struct target *t)
{
	if (region == FOLDERS && any(4))
		return some_entry(t);
	if (region == INDIRECT && any(2))
		return t->from + any(64);
	return t->from + any(t->size);
}

static void damage(enum region region)
{
	const struct target *t = &targets[region][any(target_count[region])];
	uint32_t at = some_byte(region, t), word = at & ~3u;
	uint32_t value = seeded_next(&state) >> any(32);

	printf(" %s+%u", region_names[region], at - t->from);
	switch (any(6)) {
	case 0:
		image[at] ^= (unsigned char)(1u << any(8));
		break;
	case 1:
		image[at] = (unsigned char)value;
		break;
	case 2:
		image[at] = any(2) ? 0xff : 0;
		break;
	case 3: /* a number of some size */
		memcpy(image + word, &value, 4);
		break;
	case 4: /* a block that exists, but is another's */
		value = any(image_size / block_size);
		memcpy(image + word, &value, 4);
		break;
	default: /* what stands elsewhere in the same structure */
		memcpy(image + word, image + (t->from + any(t->size - 3)), 4);
		break;
	}
}

static void make_image(void)
{
	uint32_t count = seed ? 1 + any(8) : 0;

	memcpy(image, pristine, image_size);
	while (count--) {
		uint32_t at = any(100), region = 0;

		while (at >= weights[region])
			at -= weights[region++];
		if (target_count[region])
			damage(region);
	}
}

static void write_image(const char *device)
{
	int fd = open(device, O_RDWR);

	if (fd < 0 || pwrite(fd, image, image_size, 0) != (ssize_t)image_size || fsync(fd) < 0)
		err(1, "%s", device);
	ioctl(fd, BLKFLSBUF, 0);
	close(fd);
}

/* ---- use ------------------------------------------------------------------------------------ */

/* Counts a call that failed, and keeps the first. */
static long tried(const char *call, long result)
{
	if (result == -1 && !errors_seen++) {
		first_errno = (uint32_t)errno;
		first_call = call;
	}
	return result;
}

static void on_sigbus(int signal)
{
	(void)signal;
	siglongjmp(after_sigbus, 1);
}

/* Reads, and perhaps changes, a page of a file through memory. */
static void use_map(int fd, off_t at, bool store)
{
	volatile unsigned char *map = mmap(NULL, 2 * PAGE, PROT_READ | (store ? PROT_WRITE : 0),
					   MAP_SHARED, fd, at & ~(off_t)(PAGE - 1));

	if (tried("mmap", (long)map) == -1)
		return;
	if (sigsetjmp(after_sigbus, 1)) {
		errno = EFAULT;
		tried("map", -1);
	} else {
		uint32_t sum = map[0] + map[PAGE - 1];

		if (store)
			map[100] = (unsigned char)sum;
	}
	tried("msync", msync((void *)map, PAGE, MS_SYNC));
	munmap((void *)map, 2 * PAGE);
}

static void read_file(const char *path, off_t size)
{
	int fd = (int)tried("open", open(path, O_RDONLY));

	if (fd < 0)
		return;
	tried("read", pread(fd, buffer, sizeof(buffer), 0));
	tried("read", pread(fd, buffer, sizeof(buffer), size / 2));
	tried("read", pread(fd, buffer, sizeof(buffer), size > 5000 ? size - 5000 : 0));
	if (size > 0)
		use_map(fd, any(2) ? 0 : size - 1, false);
	close(fd);
}

static void look_at(const char *path, uint32_t depth);

static void walk(const char *folder, uint32_t depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[512];

	if (tried("opendir", dir ? 0 : -1) < 0)
		return;
	while ((errno = 0, entry = readdir(dir)) && path_count < ENTRIES) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) <
		    (int)sizeof(path))
			look_at(path, depth);
	}
	tried("readdir", !entry && errno ? -1 : 0);
	closedir(dir);
}

static void look_at(const char *path, uint32_t depth)
{
	struct stat st;

	paths[path_count] = strdup(path);
	if (!paths[path_count])
		return;
	path_count++;
	if (tried("lstat", lstat(path, &st)) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		tried("readlink", readlink(path, (char *)buffer, sizeof(buffer)));
		stat(path, &st); /* it may point nowhere */
	} else if (S_ISREG(st.st_mode)) {
		read_file(path, st.st_size);
	} else if (S_ISDIR(st.st_mode) && depth < DEPTH && path_count < ENTRIES) {
		walk(path, depth + 1);
	}
}

static const char *some_path(void)
{
	return path_count ? paths[any(path_count)] : "none";
}

static void change_file(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	fd = (int)tried("open", open(path, O_RDWR));
	if (fd < 0)
		return;
	tried("write", pwrite(fd, buffer, any(sizeof(buffer)), any(2) ? st.st_size : any(400000)));
	if (any(2))
		tried("ftruncate", ftruncate(fd, any(2) ? any(400000) : st.st_size / 2));
	if (any(2) && st.st_size > 0)
		use_map(fd, 0, true);
	if (any(4) == 0)
		tried("fsync", fsync(fd));
	close(fd);
}

static void make_things(const char *folder, uint32_t i)
{
	char path[512], other[512];
	int fd;

	snprintf(path, sizeof(path), "%s/made.%u", folder, i);
	snprintf(other, sizeof(other), "%s/a-rather-longer-name-for-a-file.%u", folder, i);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd >= 0) {
		tried("write", write(fd, buffer, any(sizeof(buffer))));
		close(fd);
		tried("link", link(path, other));
		if (any(2))
			unlink(path);
	}
	snprintf(path, sizeof(path), "%s/made.folder.%u", folder, i);
	if (mkdir(path, 0755) == 0 && any(2))
		rmdir(path);
	snprintf(path, sizeof(path), "%s/made.link.%u", folder, i);
	symlink(any(2) ? "x" : "a-long-target-that-takes-a-block-of-its-own/and/so/on/and/on/x",
		path);
}

/* All kinds of changes; what they may fail with depends on the damage. */
static void change(const char *folder)
{
	for (uint32_t i = 0; i < 40; i++) {
		const char *path = some_path();

		switch (any(6)) {
		case 0:
			make_things(any(2) ? folder : path, i);
			break;
		case 1:
			unlink(path);
			break;
		case 2:
			rename(path, some_path());
			break;
		case 3:
			rmdir(path);
			break;
		default:
			change_file(path);
			break;
		}
	}
	sync();
}

/* The child's life: what failed first is its last words, and matters only without damage. */
static void use(const char *folder)
{
	struct sigaction action = {.sa_handler = on_sigbus};
	char path[64];

	sigaction(SIGBUS, &action, NULL);
	walk(folder, 0);
	if (!seed && (errors_seen || path_count < 50)) {
		printf("hostile: undamaged: %u paths, %s: errno %u\n", path_count,
		       first_call ? first_call : "-", first_errno);
		exit(1);
	}
	snprintf(path, sizeof(path), "%s/new", folder);
	mkdir(path, 0755);
	change(folder);
	walk(path, 0);
	exit(0);
}

/* ---- images --------------------------------------------------------------------------------- */

/* What became of an image. */
struct results {
	uint32_t refused, used;
};

static void use_and_unmount(const char *folder, struct results *results)
{
	pid_t child = fork();
	int status = 0;

	if (child < 0)
		err(1, "fork");
	if (child == 0)
		use(folder);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (umount(folder) < 0)
		err(1, "seed %u: umount", seed);
	if (status)
		errx(1, "seed %u: the child ended with status %#x", seed, (unsigned int)status);
	results->used++;
}

static void one_image(const char *device, const char *folder, struct results *results)
{
	state = seeded_state(seed, 0);
	printf("hostile: seed %u:", seed);
	make_image();
	printf("\n");
	fflush(stdout);
	write_image(device);
	if (mount(device, folder, "ext2", 0, NULL) == 0)
		use_and_unmount(folder, results);
	else if (!seed)
		err(1, "mount");
	else
		results->refused++;
}

int main(int argc, char **argv)
{
	struct results results = {0};
	uint32_t first, count;

	if (argc != 6)
		errx(2, "usage: hostile PRISTINE SCRATCH FOLDER FIRST COUNT");
	first = strtoul(argv[4], NULL, 0);
	count = strtoul(argv[5], NULL, 0);
	read_pristine(argv[1]);
	mkdir(argv[3], 0755);
	for (seed = first; seed < first + count; seed++)
		one_image(argv[2], argv[3], &results);
	printf("hostile: %u images, %u refused, %u used\n", count, results.refused, results.used);
	return 0;
}
