/* cp [-r] FROM... TO - copy files; -r: directories with all that is in them. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char buf[32768];
static bool recursive;

static int complain(const char *path)
{
	warn("%s", path);
	return 1;
}

static int copy_bytes(int in, int out, const char *from, const char *to)
{
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0, m; done < n; done += m) {
			m = write(out, buf + done, (size_t)(n - done));
			if (m < 0)
				return complain(to);
		}
	}
	return n < 0 ? complain(from) : 0;
}

static int copy_file(const char *from, const char *to, const struct stat *st)
{
	int in = open(from, O_RDONLY), out, failed;
	struct stat there;

	if (in < 0)
		return complain(from);
	if (!stat(to, &there) && there.st_dev == st->st_dev && there.st_ino == st->st_ino) {
		warnx("%s and %s are the same file", from, to);
		close(in);
		return 1;
	}
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
	if (out < 0) {
		close(in);
		return complain(to);
	}
	failed = copy_bytes(in, out, from, to);
	close(in);
	return close(out) < 0 ? complain(to) : failed;
}

static int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len < 0)
		return complain(from);
	target[len] = 0;
	return symlink(target, to) < 0 ? complain(to) : 0;
}

static int copy(const char *from, const char *to);

static int copy_directory(const char *from, const char *to, const struct stat *st)
{
	struct dirent *entry;
	int failed = 0;
	DIR *dir;

	if (!recursive) {
		warnx("%s is a directory: -r copies it", from);
		return 1;
	}
	if (mkdir(to, (st->st_mode & 0777) | 0700) < 0 && errno != EEXIST)
		return complain(to);
	dir = opendir(from);
	if (!dir)
		return complain(from);
	while (errno = 0, (entry = readdir(dir))) {
		char source[PATH_MAX], target[PATH_MAX];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(source, sizeof(source), "%s/%s", from, entry->d_name);
		snprintf(target, sizeof(target), "%s/%s", to, entry->d_name);
		failed |= copy(source, target);
	}
	if (errno)
		failed = complain(from);
	closedir(dir);
	return failed;
}

static int copy(const char *from, const char *to)
{
	struct stat st;

	if ((recursive ? lstat : stat)(from, &st) < 0)
		return complain(from);
	if (S_ISDIR(st.st_mode))
		return copy_directory(from, to, &st);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	if (recursive && !S_ISREG(st.st_mode))
		return mknod(to, st.st_mode, st.st_rdev) < 0 ? complain(to) : 0;
	return copy_file(from, to, &st);
}

int main(int argc, char **argv)
{
	int option, failed = 0;
	struct stat st;
	bool into;

	while ((option = getopt(argc, argv, "raRf")) != -1) {
		if (option == '?')
			return 2;
		recursive = recursive || option != 'f';
	}
	if (argc - optind < 2)
		errx(2, "usage: cp [-r] FROM... TO");
	into = !stat(argv[argc - 1], &st) && S_ISDIR(st.st_mode);
	if (argc - optind > 2 && !into)
		errx(1, "%s is no directory", argv[argc - 1]);
	for (int i = optind; i < argc - 1; i++) {
		char name[PATH_MAX], to[PATH_MAX];

		strlcpy(name, argv[i], sizeof(name));
		snprintf(to, sizeof(to), into ? "%s/%s" : "%s", argv[argc - 1], basename(name));
		failed |= copy(argv[i], to);
	}
	return failed;
}
