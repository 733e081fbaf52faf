/*
 * From a file to a process that runs it.
 *
 * The new address space is complete before the old one is let go: the segments are
 * mapped, the arguments are on the new stack. Until then every failure can
 * be undone by going back to the old one, so there is no point of no return at
 * which a process would have to be killed. The price is that both exist for a
 * moment; but a new one owns little more than its stack, because segments are only
 * mapped and their pages come when they are touched.
 *
 *	find the program	a script names another file, that perhaps yet another
 *	build			the new address space (kernel/exec_load.c)
 *	be alone		the other threads end; the caller becomes the leader
 *	change			nothing fails from here on: memory, handlers, descriptors,
 *				identity, registers
 *
 * For a process with several threads the third step is not undone, but it is the last that can
 * fail, and fails only if the process is being ended anyway.
 */
#include "kernel/exec.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/exec_args.h"
#include "kernel/exec_load.h"
#include "kernel/exec_script.h"
#include "kernel/exec_thread.h"
#include "kernel/fork.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/task_fpu.h"
#include "kernel/thread_group.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define S_IXGRP	    0010
#define MAX_SCRIPTS 4 /* a script run by a script run by ... */

/* An exec under way. What the new program will need is made beforehand. */
struct exec {
	const char *name; /* as it was called */
	struct exec_args args;
	struct exec_memory memory;
	bool hidden;		    /* the name leads nowhere after the exec */
	struct cred *cred;	    /* NULL: the old one stays */
	struct files_struct *files; /* a table of its own; NULL: it has one */
	struct fs_struct *fs;	    /* its own folder and umask; NULL: the old ones stay */
	struct sighand_struct *sighand;
	char head[SCRIPT_HEAD_SIZE];
};

/* ------------------------------------------------------------- which program */

/* The program's file becomes another one; takes over the reference. */
static void set_file(struct exec *e, struct file *file)
{
	if (e->memory.program.file)
		fput(e->memory.program.file);
	e->memory.program.file = file;
}

static int read_head(struct exec *e)
{
	ssize_t n;

	memset(e->head, 0, sizeof(e->head));
	n = kernel_read(e->memory.program.file, 0, e->head, sizeof(e->head));
	return n < 0 ? (int)n : 0;
}

/* Instead of `script args...`: interpreter [argument] script args... */
static int push_interpreter(struct exec *e, const struct script_line *line, const char *script)
{
	size_t before;
	int err;

	exec_pop_argv0(&e->args);
	before = e->args.used;
	err = exec_push_string(&e->args, script);
	if (!err && line->arg)
		err = exec_push_string(&e->args, line->arg);
	if (!err)
		err = exec_push_string(&e->args, line->interp);
	e->args.argc += line->arg ? 3 : 2;
	e->args.argv_bytes += e->args.used - before;
	return err;
}

/* One step from a script to what runs it: 1; 0: it is no script. */
static int follow_script(struct exec *e, char *name)
{
	struct script_line line;
	struct file *file;
	int ret = read_head(e);

	if (!ret)
		ret = script_parse(e->head, &line);
	if (ret <= 0)
		return ret;
	if (e->hidden)
		return -ENOENT;
	ret = push_interpreter(e, &line, name);
	if (ret)
		return ret;
	file = open_exec(line.interp);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	strlcpy(name, line.interp, SCRIPT_HEAD_SIZE);
	set_file(e, file);
	return 1;
}

/* `name` has room for what the scripts call each other. */
static int follow_scripts(struct exec *e, char *name)
{
	int ret = 1;

	for (unsigned int depth = 0; ret > 0; depth++) {
		ret = follow_script(e, name);
		if (ret > 0 && depth == MAX_SCRIPTS)
			ret = -ELOOP;
	}
	return ret;
}

static int find_program(struct exec *e)
{
	char *name;
	int err;

	/* The common case, without memory for names. */
	err = read_head(e);
	if (err || e->head[0] != '#' || e->head[1] != '!')
		return err;
	name = kmalloc(max(strlen(e->name) + 1, (size_t)SCRIPT_HEAD_SIZE), GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	memcpy(name, e->name, strlen(e->name) + 1);
	err = follow_scripts(e, name);
	kfree(name);
	return err;
}

static int open_interp(struct exec *e)
{
	struct elf_program *interp = &e->memory.interp;
	char *path = elf_interp_path(&e->memory.program);
	struct file *file;
	int err;

	if (!path)
		return 0;
	if (IS_ERR(path))
		return (int)PTR_ERR(path);
	file = open_exec(path);
	kfree(path);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	interp->file = file;
	err = elf_program_open(interp);
	return err == -ENOEXEC ? -ELIBBAD : err;
}

/* ------------------------------------------------------------- what else it needs */

static bool honours_suid(const struct file *file)
{
	return file->f_path.mnt && !(file->f_path.mnt->mnt_flags & MS_NOSUID) &&
	       !current->no_new_privs;
}

/* The ids that the program will have: those of its file, if that says so. */
static int prepare_ids(struct exec *e)
{
	const struct file *file = e->memory.program.file;
	const struct inode *inode = file->f_inode;
	const struct cred *old = current->cred;
	bool suid = honours_suid(file) && (inode->i_mode & S_ISUID);
	bool sgid =
		honours_suid(file) && (inode->i_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
	u32 euid = suid ? inode->i_uid : old->euid, egid = sgid ? inode->i_gid : old->egid;

	e->memory.cred = old;
	e->memory.secure = euid != old->uid || egid != old->gid;
	if (euid == old->euid && euid == old->suid && euid == old->fsuid && egid == old->egid &&
	    egid == old->sgid && egid == old->fsgid)
		return 0;
	e->cred = prepare_cred();
	if (!e->cred)
		return -ENOMEM;
	e->cred->euid = e->cred->suid = e->cred->fsuid = euid;
	e->cred->egid = e->cred->sgid = e->cred->fsgid = egid;
	e->memory.cred = e->cred;
	if (euid == old->euid && egid == old->egid)
		return 0;
	/* Nobody with the old ids may go on choosing the folder of a program with the new ones. */
	e->fs = copy_fs(current->fs);
	return e->fs ? 0 : -ENOMEM;
}

/* What is shared with other tasks must not change for them. */
static int prepare_parts(struct exec *e)
{
	if (current->files && atomic_read(&current->files->count) > 1) {
		e->files = dup_files(current->files);
		if (!e->files)
			return -ENOMEM;
	}
	if (atomic_read(&current->sighand->count) > 1) {
		e->sighand = sighand_alloc(current->sighand);
		if (!e->sighand)
			return -ENOMEM;
	}
	return prepare_ids(e);
}

static int prepare(struct exec *e)
{
	int err = find_program(e);

	if (!err)
		err = elf_program_open(&e->memory.program);
	if (!err)
		err = open_interp(e);
	if (!err)
		err = prepare_parts(e);
	return err;
}

/* ------------------------------------------------------------- the change */

static void change_parts(struct exec *e)
{
	if (e->files)
		swap(current->files, e->files);
	if (e->fs)
		swap(current->fs, e->fs);
	if (e->sighand)
		change_sighand(&e->sighand);
	current->signal->changed_ids = false;
	if (e->cred) {
		commit_cred(e->cred);
		e->cred = NULL;
	}
	close_on_exec();
	flush_signal_handlers(current);
	current->sas_ss_sp = current->sas_ss_size = 0;
	current->flags &= ~(PF_KTHREAD | PF_FORKNOEXEC);
	task_fpu_free();
	clear_segments();
}

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* From here on the task is the new program. */
static void begin_program(struct exec *e, struct pt_regs *regs)
{
	set_task_comm(current, base_name(e->name));
	*regs = (struct pt_regs){
		.xds = USER_DS,
		.xes = USER_DS,
		.orig_eax = (unsigned long)-1,
		.eip = e->memory.entry,
		.xcs = USER_CS,
		.eflags = X86_EFLAGS_IF | 2, /* bit 1 is always set */
		.esp = current->mm->start_stack,
		.xss = USER_DS,
	};
}

/* A kernel thread's first address space: there is no old one, and nobody to be told. */
static int first_memory(struct exec *e)
{
	struct mm_struct *mm = mm_alloc();
	int err;

	if (!mm)
		return -ENOMEM;
	use_mm(mm);
	err = exec_map(mm, &e->memory);
	if (err)
		exit_mm();
	return err;
}

/* The new space is built by entering it for a while: the old one keeps its user meanwhile. */
static int change_memory(struct exec *e)
{
	struct mm_struct *old = current->mm, *mm;
	int err;

	if (!old)
		return first_memory(e);
	mm = mm_alloc();
	if (!mm)
		return -ENOMEM;
	use_mm(mm);
	err = exec_map(mm, &e->memory);
	use_mm(old);
	if (!err)
		err = de_thread();
	if (err) {
		mmput(mm);
		return err;
	}
	mm_release();
	account_maxrss();
	use_mm(mm);
	mmput(old);
	return 0;
}

static void finish(struct exec *e)
{
	elf_program_close(&e->memory.program);
	elf_program_close(&e->memory.interp);
	if (e->memory.program.file)
		fput(e->memory.program.file);
	if (e->memory.interp.file)
		fput(e->memory.interp.file);
	if (e->cred)
		put_cred(e->cred);
	if (e->files)
		files_put(e->files);
	if (e->fs)
		put_fs(e->fs);
	if (e->sighand)
		put_sighand(e->sighand);
	exec_args_free(&e->args);
}

/* ------------------------------------------------------------- all of it */

static int collect_args(struct exec *e, const struct string_list *argv,
			const struct string_list *envp)
{
	struct exec_args *args = &e->args;
	int err = exec_push_string(args, e->name);

	if (!err)
		err = exec_push_list(args, envp, &args->envc, &args->envp_bytes);
	if (!err)
		err = exec_push_list(args, argv, &args->argc, &args->argv_bytes);
	if (err || args->argc)
		return err;
	/* Programs rely on a name: as Linux, give an empty one. */
	args->argc = args->argv_bytes = 1;
	return exec_push_string(args, "");
}

/* The caller keeps its reference on the file. */
static int do_execve(struct exec *e, struct file *file, const struct string_list *argv,
		     const struct string_list *envp, struct pt_regs *regs)
{
	int err;

	exec_args_init(&e->args);
	e->memory.args = &e->args;
	e->memory.program.file = get_file(file);
	err = collect_args(e, argv, envp);
	if (!err)
		err = prepare(e);
	if (!err)
		err = change_memory(e);
	if (!err) {
		change_parts(e);
		begin_program(e, regs);
	}
	finish(e);
	return err;
}

int kernel_execve(struct file *file, const char *const argv[], const char *const envp[],
		  struct pt_regs *regs)
{
	struct exec e = {.name = file_name(file)};
	const struct string_list args = {.kernel = argv}, env = {.kernel = envp};

	return do_execve(&e, file, &args, &env, regs);
}

static long user_execve(struct file *file, const char *name, bool hidden,
			const char __user *const __user *argv,
			const char __user *const __user *envp)
{
	struct exec e = {.name = name, .hidden = hidden};
	const struct string_list args = {.user = argv}, env = {.user = envp};
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = do_execve(&e, file, &args, &env, task_pt_regs(current));
	fput(file);
	return err;
}

long sys_execve(const char __user *name, const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	char *path = getname(name);
	long ret;

	if (IS_ERR(path))
		return PTR_ERR(path);
	ret = user_execve(open_exec(path), path, false, argv, envp);
	putname(path);
	return ret;
}

/* How a program that was named by a descriptor is called: kfree() it. NULL: no memory. */
static char *fd_name(int dfd, const char *path)
{
	size_t size = strlen(path) + 24;
	char *name = kmalloc(size, GFP_KERNEL);

	if (name)
		snprintf(name, size, *path ? "/dev/fd/%d/%s" : "/dev/fd/%d", dfd, path);
	return name;
}

long sys_execveat(int dfd, const char __user *uname, const char __user *const __user *argv,
		  const char __user *const __user *envp, int flags)
{
	char *path, *name;
	long ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	path = getname_flags(uname, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	if (IS_ERR(path))
		return PTR_ERR(path);
	if (*path == '/' || dfd == AT_FDCWD) {
		ret = user_execve(open_execat(dfd, path, flags), path, false, argv, envp);
	} else {
		name = fd_name(dfd, path);
		ret = name ? user_execve(open_execat(dfd, path, flags), name,
					 get_close_on_exec((unsigned int)dfd), argv, envp)
			   : -ENOMEM;
		kfree(name);
	}
	putname(path);
	return ret;
}
