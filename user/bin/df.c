/*
 * df [-h] [PATH...] - the room on file systems: on all that have a size, or on those where the
 * paths lie. -h: sizes for people, else in KiB.
 */
#include <err.h>
#include <procinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

static bool for_people;

struct mounted {
	char source[128], where[128], type[32];
};

static bool next_mount(FILE *file, struct mounted *m)
{
	return fscanf(file, "%127s %127s %31s %*[^\n]", m->source, m->where, m->type) == 3;
}

static void column(unsigned long long blocks, unsigned int size)
{
	char text[16];

	if (for_people)
		human_size(text, blocks * size);
	else
		snprintf(text, sizeof(text), "%llu", blocks * size / 1024);
	printf(" %10s", text);
}

static void print(const struct mounted *m, const struct statfs *fs)
{
	unsigned int size = fs->f_frsize ? fs->f_frsize : fs->f_bsize;
	unsigned long long used = fs->f_blocks - fs->f_bfree, all = used + fs->f_bavail;

	printf("%-14s", m->source);
	column(fs->f_blocks, size);
	column(used, size);
	column(fs->f_bavail, size);
	printf(" %3llu%% %s\n", all ? (used * 100 + all - 1) / all : 0, m->where);
}

/* The last mount on the path's device is the one that is seen. */
static bool find_mount(const char *path, struct mounted *found)
{
	FILE *file = fopen("/proc/mounts", "r");
	struct stat st, root;
	struct mounted m;
	bool seen = false;

	if (!file)
		err(1, "/proc/mounts");
	if (stat(path, &st) < 0) {
		warn("%s", path);
		fclose(file);
		return false;
	}
	while (next_mount(file, &m)) {
		if (stat(m.where, &root) == 0 && root.st_dev == st.st_dev) {
			*found = m;
			seen = true;
		}
	}
	fclose(file);
	if (!seen)
		warnx("%s: its file system is mounted nowhere", path);
	return seen;
}

static int print_path(const char *path)
{
	struct mounted m;
	struct statfs fs;

	if (!find_mount(path, &m))
		return 1;
	if (statfs(path, &fs) < 0) {
		warn("%s", path);
		return 1;
	}
	print(&m, &fs);
	return 0;
}

static void print_all(void)
{
	FILE *file = fopen("/proc/mounts", "r");
	struct mounted m;
	struct statfs fs;

	if (!file)
		err(1, "/proc/mounts");
	while (next_mount(file, &m))
		if (statfs(m.where, &fs) == 0 && fs.f_blocks)
			print(&m, &fs);
	fclose(file);
}

int main(int argc, char **argv)
{
	int option, failed = 0;

	while ((option = getopt(argc, argv, "hk")) != -1) {
		if (option == '?')
			return 2;
		for_people = option == 'h';
	}
	printf("%-14s %10s %10s %10s Use%% Mounted on\n", "Filesystem", for_people ? "Size" : "KiB",
	       "Used", "Available");
	if (optind == argc)
		print_all();
	for (int i = optind; i < argc; i++)
		failed |= print_path(argv[i]);
	return failed;
}
