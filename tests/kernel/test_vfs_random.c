/*
 * Names at random against a model. There are 39 paths: a, b, c; a/a ... c/c; a/a/a ... c/c/c,
 * numbered as a tree in which the children of i are 3i+1 .. 3i+3, and 0 is the folder that holds
 * them all. The model knows which file each path names; what a call must return follows from that.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "tests/kernel/mm_test.h"

#define TOP	 "/random"
#define NR_PATHS 40
#define NR_INNER 13 /* paths that can have children */
#define NR_STEPS 6000
#define NONE	 0

static unsigned int file_at[NR_PATHS]; /* number of the file, NONE, and root's is 1 */
static bool is_folder[NR_STEPS + 2];
static unsigned int last_file;

/* ---- the model ------------------------------------------------------------------------------- */

static unsigned int parent_of(unsigned int i)
{
	return (i - 1) / 3;
}

static bool is_below(unsigned int i, unsigned int above)
{
	while (i > above)
		i = parent_of(i);
	return i == above;
}

static bool has_children(unsigned int i)
{
	return i < NR_INNER && (file_at[3 * i + 1] || file_at[3 * i + 2] || file_at[3 * i + 3]);
}

static unsigned int level(unsigned int i)
{
	return i ? 1 + level(parent_of(i)) : 0;
}

/* What a walk to the folder of i meets. */
static int walk_error(unsigned int i)
{
	unsigned int parent = parent_of(i);
	int err = parent ? walk_error(parent) : 0;

	if (err)
		return err;
	if (!file_at[parent])
		return -ENOENT;
	return is_folder[file_at[parent]] ? 0 : -ENOTDIR;
}

static int model_make(unsigned int i, bool folder)
{
	int err = walk_error(i);

	if (!err && file_at[i])
		err = -EEXIST;
	if (!err) {
		file_at[i] = ++last_file;
		is_folder[last_file] = folder;
	}
	return err;
}

static int model_remove(unsigned int i, bool folder)
{
	int err = walk_error(i);

	if (!err && !file_at[i])
		err = -ENOENT;
	if (!err && is_folder[file_at[i]] != folder)
		err = folder ? -ENOTDIR : -EISDIR;
	if (!err && folder && has_children(i))
		err = -ENOTEMPTY;
	if (!err)
		file_at[i] = NONE;
	return err;
}

static int model_link(unsigned int i, unsigned int j)
{
	int err = walk_error(i);

	if (!err && !file_at[i])
		err = -ENOENT;
	if (!err)
		err = walk_error(j);
	if (!err && file_at[j])
		err = -EEXIST;
	if (!err && is_folder[file_at[i]])
		err = -EPERM;
	if (!err)
		file_at[j] = file_at[i];
	return err;
}

static int model_rename_error(unsigned int i, unsigned int j)
{
	int err = walk_error(i);

	if (!err)
		err = walk_error(j);
	if (err)
		return err;
	if (!file_at[i])
		return -ENOENT;
	if (i != j && is_below(j, i))
		return -EINVAL;
	if (i != j && is_below(i, j))
		return -ENOTEMPTY;
	if (!file_at[j] || file_at[i] == file_at[j])
		return 0;
	if (is_folder[file_at[i]] != is_folder[file_at[j]])
		return is_folder[file_at[i]] ? -ENOTDIR : -EISDIR;
	return has_children(j) ? -ENOTEMPTY : 0;
}

static void move_tree(unsigned int i, unsigned int j)
{
	file_at[j] = file_at[i];
	file_at[i] = NONE;
	if (i >= NR_INNER)
		return;
	for (unsigned int k = 1; k <= 3; k++)
		if (file_at[3 * i + k])
			move_tree(3 * i + k, 3 * j + k);
}

static int model_rename(unsigned int i, unsigned int j)
{
	int err = model_rename_error(i, j);

	if (!err && file_at[i] != file_at[j])
		move_tree(i, j);
	return err;
}

/* ---- the real thing -------------------------------------------------------------------------- */

static char *path_of(unsigned int i, char *buf, size_t size)
{
	if (i == 0)
		strlcpy(buf, TOP, size);
	else
		snprintf(path_of(parent_of(i), buf, size) + strlen(buf), size - strlen(buf), "/%c",
			 "abc"[(i - 1) % 3]);
	return buf;
}

static void check_path(struct ktest *t, unsigned int i)
{
	struct path path;
	char name[32];
	int err = kern_path(path_of(i, name, sizeof(name)), 0, &path);

	KT_EXPECT_EQ(t, !err, walk_error(i) == 0 && file_at[i] != NONE);
	if (err)
		return;
	KT_EXPECT_EQ(t, S_ISDIR(path.dentry->d_inode->i_mode), is_folder[file_at[i]]);
	if (S_ISDIR(path.dentry->d_inode->i_mode)) {
		unsigned int links = 2;

		for (unsigned int k = 1; i < NR_INNER && k <= 3; k++)
			links += is_folder[file_at[3 * i + k]];
		KT_EXPECT_EQ(t, path.dentry->d_inode->i_nlink, links);
	} else {
		unsigned int links = 0;

		for (unsigned int k = 1; k < NR_PATHS; k++)
			links += file_at[k] == file_at[i];
		KT_EXPECT_EQ(t, path.dentry->d_inode->i_nlink, links);
	}
	path_put(&path);
}

static bool too_deep(unsigned int i, unsigned int j)
{
	return file_at[i] && is_folder[file_at[i]] && level(j) > level(i);
}

/* One call on both. */
static void step(struct ktest *t, struct prng *rng)
{
	unsigned int i = 1 + prng_below(rng, NR_PATHS - 1), j = 1 + prng_below(rng, NR_PATHS - 1);
	int expected, got;
	char a[32], b[32];

	path_of(i, a, sizeof(a));
	path_of(j, b, sizeof(b));
	switch (prng_below(rng, 8)) {
	case 0:
		expected = model_make(i, false);
		got = do_mknodat(AT_FDCWD, a, S_IFREG | 0600, 0);
		break;
	case 1:
	case 2:
		expected = model_make(i, true);
		got = do_mkdirat(AT_FDCWD, a, 0700);
		break;
	case 3:
		expected = model_remove(i, false);
		got = do_unlinkat(AT_FDCWD, a);
		break;
	case 4:
		expected = model_remove(i, true);
		got = do_rmdir(AT_FDCWD, a);
		break;
	case 5:
		expected = model_link(i, j);
		got = do_linkat(AT_FDCWD, a, AT_FDCWD, b, 0);
		break;
	default:
		if (too_deep(i, j))
			return;
		expected = model_rename(i, j);
		got = do_renameat(AT_FDCWD, a, AT_FDCWD, b, 0);
	}
	if (!KT_EXPECT_EQ(t, got, expected))
		ktest_log(t, "%s, %s", a, b);
}

static void remove_all(struct ktest *t)
{
	char name[32];

	for (unsigned int i = NR_PATHS - 1; i > 0; i--) {
		if (!file_at[i])
			continue;
		path_of(i, name, sizeof(name));
		KT_EXPECT_EQ(t,
			     is_folder[file_at[i]] ? do_rmdir(AT_FDCWD, name)
						   : do_unlinkat(AT_FDCWD, name),
			     0);
	}
	KT_EXPECT_EQ(t, do_rmdir(AT_FDCWD, TOP), 0);
}

static void test_model(struct ktest *t)
{
	struct prng rng;

	ktest_seed(t, &rng, 77);
	memset(file_at, 0, sizeof(file_at));
	last_file = file_at[0] = 1;
	is_folder[NONE] = false;
	is_folder[1] = true;
	KT_ASSERT_EQ(t, do_mkdirat(AT_FDCWD, TOP, 0700), 0);
	for (unsigned int n = 0; n < NR_STEPS && !t->failures; n++) {
		step(t, &rng);
		for (unsigned int i = 1; n % 20 == 0 && i < NR_PATHS; i++)
			check_path(t, i);
	}
	remove_all(t);
}

static const struct ktest_case cases[] = {KTEST(test_model)};
KTEST_SUITE(vfs_random, 0, cases);
