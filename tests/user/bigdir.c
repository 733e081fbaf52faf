/*
 * bigdir - one folder with many names, made, removed and moved at random against a model.
 *
 *	bigdir [-n OPERATIONS] [-f NAMES] [-s SEED] FOLDER
 *
 * Every name that is tried must be there or not as the model says, and be the file that it should
 * be (the size tells which). In the end the folder is read from one end to the other, and lists
 * each name exactly once.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/user/seeded.h"

static uint32_t state, seed = 1, operations = 20000, nr_names = 3000, done;
static const char *folder;
static uint32_t *model; /* of each name: 0, or the size of its file */

static void fail(const char *what, uint32_t name)
{
	err(1, "seed %u: operation %u: name %u: %s", seed, done, name, what);
}

/* Names of all lengths; the number comes first. */
static const char *path_of(uint32_t name)
{
	static char paths[2][512];
	static unsigned int next;
	char *path = paths[next++ % 2];
	unsigned int length = name % 97 == 0 ? 240 : name % 23;
	int at = snprintf(path, sizeof(paths[0]), "%s/%u", folder, name);

	memset(path + at, 'a' + (int)(name % 26), length);
	path[at + (int)length] = 0;
	return path;
}

static void look(uint32_t name)
{
	struct stat st;

	if (stat(path_of(name), &st)) {
		if (errno != ENOENT || model[name])
			fail("stat", name);
	} else if (!model[name] || st.st_size != (off_t)model[name]) {
		errx(1, "seed %u: operation %u: name %u: a file of %u bytes instead of %u", seed,
		     done, name, (unsigned int)st.st_size, model[name]);
	}
}

static void make(uint32_t name)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL, 0644);

	if (model[name]) {
		if (fd >= 0 || errno != EEXIST)
			fail("made twice", name);
		return;
	}
	if (fd < 0)
		fail("open", name);
	model[name] = done + 1;
	if (ftruncate(fd, (off_t)model[name]) || close(fd))
		fail("ftruncate", name);
}

static void take_away(uint32_t name)
{
	if (unlink(path_of(name))) {
		if (errno != ENOENT || model[name])
			fail("unlink", name);
	} else if (!model[name]) {
		errx(1, "seed %u: operation %u: name %u was there", seed, done, name);
	}
	model[name] = 0;
}

static void move(uint32_t from, uint32_t to)
{
	if (rename(path_of(from), path_of(to))) {
		if (errno != ENOENT || model[from])
			fail("rename", from);
		return;
	}
	if (!model[from])
		errx(1, "seed %u: operation %u: name %u was there", seed, done, from);
	if (from == to)
		return;
	model[to] = model[from];
	model[from] = 0;
}

static void step(void)
{
	uint32_t name = seeded_below(&state, nr_names), what = seeded_below(&state, 100);

	if (what < 40)
		make(name);
	else if (what < 65)
		take_away(name);
	else if (what < 75 && !model[name % 50])
		move(name, name % 50); /* moving over a name waits for the disk: seldom */
	else if (what < 76)
		move(name, seeded_below(&state, nr_names));
	else
		look(name);
}

static void read_all(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	uint32_t left = 0;

	if (!dir)
		fail("opendir", 0);
	while ((entry = readdir(dir))) {
		uint32_t name = (uint32_t)strtoul(entry->d_name, NULL, 10);

		if (entry->d_name[0] == '.')
			continue;
		look(name);
		if (name >= nr_names || !model[name] ||
		    strcmp(entry->d_name, path_of(name) + strlen(folder) + 1))
			errx(1, "seed %u: %s is listed wrongly, or twice", seed, entry->d_name);
		model[name] = 0;
	}
	closedir(dir);
	for (uint32_t name = 0; name < nr_names; name++)
		left += model[name] != 0;
	if (left)
		errx(1, "seed %u: %u names are not listed", seed, left);
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:f:s:")) != -1) {
		uint32_t value = optarg ? (uint32_t)strtoul(optarg, NULL, 10) : 0;

		if (option == 'n')
			operations = value;
		else if (option == 'f')
			nr_names = value;
		else if (option == 's')
			seed = value;
		else
			errx(2, "usage: bigdir [-n OPERATIONS] [-f NAMES] [-s SEED] FOLDER");
	}
	if (optind + 1 != argc)
		errx(2, "which folder?");
	folder = argv[optind];
	model = calloc(nr_names, sizeof(*model));
	if (!model)
		err(1, "the model");
	printf("bigdir: seed %u, %u operations, %u names\n", seed, operations, nr_names);
	state = seeded_state(seed, 0);
	for (done = 0; done < operations; done++)
		step();
	read_all();
	printf("bigdir: all well\n");
	return 0;
}
