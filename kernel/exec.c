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
 * The stack at entry, from high to low (System V ABI, Intel386 supplement, and
 * what Linux adds):
 *
 *	STACK_TOP	a zero word
 *			the program's file name
 *			environment strings
 *			argument strings
 *			platform name, 16 random bytes
 *			auxiliary vector: pairs up to AT_NULL
 *			envp[] up to NULL
 *			argv[] up to NULL
 *	esp		argc			(a multiple of 16)
 */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/elf.h"
#include "kernel/exec.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/task_fpu.h"
#include "mm/mmap.h"
#include "mm/slab.h"

#define USER_HZ	     100
#define AUXV_PAIRS   20
#define RANDOM_BYTES 16
#define STACK_SLACK  64 /* the zero word, platform name, random bytes, alignment */

/* ------------------------------------------------------------- the file */

static int refuse(const char *name, const char *why)
{
	printk_ratelimited(KERN_INFO "%s: cannot run: %s\n", name, why);
	return -ENOEXEC;
}

static int read_exactly(struct file *file, loff_t pos, void *buf, size_t count)
{
	ssize_t n = kernel_read(file, pos, buf, count);

	if (n < 0)
		return (int)n;
	return (size_t)n == count ? 0 : -EIO;
}

/* The program headers of a file whose header is good, turned into an image. */
static int read_image(struct file *file, const struct elf32_header *h, struct elf_image *image)
{
	size_t size = h->e_phnum * sizeof(struct elf32_phdr);
	struct elf32_phdr *ph = kmalloc(size, GFP_KERNEL);
	const char *why;
	int err;

	if (!ph)
		return -ENOMEM;
	err = read_exactly(file, h->e_phoff, ph, size);
	if (err)
		goto out;
	why = elf_read_segments(h, ph, file->f_inode->i_size, image);
	if (!why && image->interp)
		why = "needs a dynamic linker";
	if (why)
		err = refuse(file->f_name, why);
out:
	kfree(ph);
	return err;
}

/* All that the file says, checked. kfree() the result. */
static struct elf_image *load_image(struct file *file)
{
	struct elf_image *image;
	struct elf32_header h;
	const char *why;
	int err;

	memset(&h, 0, sizeof(h));
	err = read_exactly(file, 0, &h, min((loff_t)sizeof(h), file->f_inode->i_size));
	if (err)
		return ERR_PTR(err);
	why = elf_check_header(&h, file->f_inode->i_size);
	if (why)
		return ERR_PTR(refuse(file->f_name, why));
	image = kmalloc(elf_image_size(h.e_phnum), GFP_KERNEL);
	if (!image)
		return ERR_PTR(-ENOMEM);
	err = read_image(file, &h, image);
	if (!err)
		return image;
	kfree(image);
	return ERR_PTR(err);
}

/* ------------------------------------------------------------- segments */

static unsigned long segment_prot(const struct elf_segment *s)
{
	return (s->flags & PF_R ? PROT_READ : 0) | (s->flags & PF_W ? PROT_WRITE : 0) |
	       (s->flags & PF_X ? PROT_EXEC : 0);
}

/* Pages of [start, end), which the caller has rounded; nothing to do if it is empty. */
static int map_pages(struct file *file, unsigned long start, unsigned long end, unsigned long prot,
		     unsigned long offset)
{
	unsigned long flags = MAP_PRIVATE | MAP_FIXED | (file ? 0 : MAP_ANONYMOUS);
	unsigned long addr;

	if (start >= end)
		return 0;
	addr = do_mmap(file, start, end - start, prot, flags, offset >> PAGE_SHIFT);
	return IS_ERR_VALUE(addr) ? (int)addr : 0;
}

/* The pages that have something of the file, then those that are zero from the start. */
static int map_segment(struct file *file, const struct elf_segment *s)
{
	unsigned long start = s->vaddr & PAGE_MASK;
	unsigned long file_end = s->filesz ? PAGE_ALIGN(s->vaddr + s->filesz) : start;
	unsigned long end = PAGE_ALIGN(s->vaddr + s->memsz);
	int err = map_pages(file, start, file_end, segment_prot(s), s->offset & PAGE_MASK);

	return err ? err : map_pages(NULL, file_end, end, segment_prot(s), 0);
}

static int map_segments(struct mm_struct *mm, struct file *file, const struct elf_image *image)
{
	int err = 0;

	down_write(&mm->mmap_sem);
	for (unsigned int i = 0; i < image->nr_segments && !err; i++)
		err = map_segment(file, &image->segment[i]);
	up_write(&mm->mmap_sem);
	mm->start_code = image->start_code;
	mm->end_code = image->end_code;
	mm->start_data = image->start_data;
	mm->end_data = image->end_data;
	mm->start_brk = mm->brk = PAGE_ALIGN(image->end);
	mm->exe_file = get_file(file);
	return err;
}

/*
 * The rest of the page in which a segment's file part ends must read as zero. Where the
 * segment may not be written there is nothing that could be zeroed; as in Linux, such a
 * program sees the file's bytes.
 */
static int clear_bss_tails(const struct elf_image *image)
{
	for (unsigned int i = 0; i < image->nr_segments; i++) {
		const struct elf_segment *s = &image->segment[i];
		unsigned long end = s->vaddr + s->filesz;
		unsigned long tail = min(PAGE_ALIGN(end), s->vaddr + s->memsz) - end;

		if (!s->filesz || s->filesz == s->memsz || !(s->flags & PF_W))
			continue;
		if (clear_user((void __user *)end, tail))
			return -ENOMEM;
	}
	return 0;
}

/* ------------------------------------------------------------- the stack */

/* Where the next piece goes: below `sp`. The first failure is kept. */
struct stack {
	unsigned long sp;
	int err;
};

static unsigned long push(struct stack *stack, const void *data, size_t size)
{
	stack->sp -= size;
	if (!stack->err && copy_to_user((void __user *)stack->sp, data, size))
		stack->err = -ENOMEM;
	return stack->sp;
}

static unsigned long push_string(struct stack *stack, const char *s)
{
	return push(stack, s, strlen(s) + 1);
}

/* The last string first, so that they lie in order. */
static unsigned long push_strings(struct stack *stack, const char *const strings[], size_t count)
{
	while (count--)
		push_string(stack, strings[count]);
	return stack->sp;
}

/* How many strings; *bytes grows by what they need. */
static size_t count_strings(const char *const strings[], size_t *bytes)
{
	size_t count = 0;

	for (; strings[count]; count++)
		*bytes += strlen(strings[count]) + 1;
	return count;
}

/* Pointers to strings that lie one behind the other from `addr` on, and NULL. */
static unsigned long *list_strings(unsigned long *word, const char *const strings[], size_t count,
				   unsigned long addr)
{
	for (size_t i = 0; i < count; i++) {
		*word++ = addr;
		addr += strlen(strings[i]) + 1;
	}
	*word++ = 0;
	return word;
}

static const char *platform_name(void)
{
	if (boot_cpu_data.family >= 6)
		return "i686";
	return boot_cpu_data.family == 5 ? "i586" : "i486";
}

/* Unpredictable enough for canaries of a teaching system, not for secrets. */
static void fill_random(u8 bytes[RANDOM_BYTES])
{
	static struct prng rng;
	u64 now = ktime_get_ns();

	prng_seed(&rng, rng.state ^ (u32)now ^ (u32)(now >> 32));
	for (unsigned int i = 0; i < RANDOM_BYTES; i++)
		bytes[i] = (u8)prng_next(&rng);
}

/* Addresses that the auxiliary vector names. */
struct auxv_strings {
	unsigned long execfn, platform, random;
};

static unsigned long *list_auxv(unsigned long *word, const struct elf_image *image,
				const struct auxv_strings *at)
{
	const unsigned long pairs[][2] = {
		{AT_HWCAP, boot_cpu_data.features[0]},
		{AT_PAGESZ, PAGE_SIZE},
		{AT_CLKTCK, USER_HZ},
		{AT_PHDR, image->phdr},
		{AT_PHENT, sizeof(struct elf32_phdr)},
		{AT_PHNUM, image->phdr ? image->phnum : 0},
		{AT_BASE, 0},
		{AT_FLAGS, 0},
		{AT_ENTRY, image->entry},
		{AT_UID, 0},
		{AT_EUID, 0},
		{AT_GID, 0},
		{AT_EGID, 0},
		{AT_SECURE, 0},
		{AT_RANDOM, at->random},
		{AT_EXECFN, at->execfn},
		{AT_PLATFORM, at->platform},
		{AT_NULL, 0},
	};

	_Static_assert(ARRAY_SIZE(pairs) <= AUXV_PAIRS, "AUXV_PAIRS is too small");
	memcpy(word, pairs, sizeof(pairs));
	return word + sizeof(pairs) / sizeof(*word);
}

/* Make room at once: the writing below must not depend on how the kernel grows stacks. */
static int grow_stack(struct mm_struct *mm, size_t bytes)
{
	struct vm_area_struct *vma;
	unsigned long bottom = (STACK_TOP - bytes) & PAGE_MASK;
	int err = 0;

	down_write(&mm->mmap_sem);
	vma = find_vma(mm, STACK_TOP - 1);
	if (bottom < vma->vm_start)
		err = expand_stack(vma, bottom);
	up_write(&mm->mmap_sem);
	return err;
}

/* What a program is told; all in kernel memory. */
struct program_args {
	const char *name;
	const char *const *argv;
	const char *const *envp;
	size_t argc, envc;
};

/* The strings go to the stack one by one, the words below them in one piece. */
static int write_stack(struct mm_struct *mm, const struct elf_image *image,
		       const struct program_args *args, unsigned long *words)
{
	struct stack stack = {.sp = STACK_TOP - sizeof(long)};
	struct auxv_strings at;
	u8 random[RANDOM_BYTES];
	unsigned long *end;
	size_t size;

	fill_random(random);
	at.execfn = mm->env_end = push_string(&stack, args->name);
	mm->env_start = mm->arg_end = push_strings(&stack, args->envp, args->envc);
	mm->arg_start = push_strings(&stack, args->argv, args->argc);
	at.platform = push_string(&stack, platform_name());
	at.random = push(&stack, random, sizeof(random));
	words[0] = args->argc;
	end = list_strings(words + 1, args->argv, args->argc, mm->arg_start);
	end = list_strings(end, args->envp, args->envc, mm->env_start);
	end = list_auxv(end, image, &at);
	size = (size_t)(end - words) * sizeof(*words);
	stack.sp = ((stack.sp - size) & ~15ul) + size;
	mm->start_stack = push(&stack, words, size);
	return stack.err;
}

static int setup_stack(struct mm_struct *mm, const struct elf_image *image,
		       struct program_args *args)
{
	size_t bytes = strlen(args->name) + 1, size;
	unsigned long *words;
	int err;

	args->argc = count_strings(args->argv, &bytes);
	args->envc = count_strings(args->envp, &bytes);
	size = (args->argc + args->envc + 3 + 2 * AUXV_PAIRS) * sizeof(*words);
	if (bytes + size > ARG_BYTES_MAX || size > KMALLOC_MAX_SIZE)
		return -E2BIG;
	words = kmalloc(size, GFP_KERNEL);
	if (!words)
		return -ENOMEM;
	err = setup_stack_vma(mm);
	if (!err)
		err = grow_stack(mm, bytes + size + STACK_SLACK);
	if (!err)
		err = write_stack(mm, image, args, words);
	kfree(words);
	return err;
}

/* ------------------------------------------------------------- the change */

static int build(struct mm_struct *mm, struct file *file, const struct elf_image *image,
		 struct program_args *args)
{
	int err = map_segments(mm, file, image);

	if (!err)
		err = clear_bss_tails(image);
	if (!err)
		err = setup_stack(mm, image, args);
	return err;
}

/* From here on the task is the new program. */
static void begin_program(const char *name, const struct elf_image *image, struct pt_regs *regs)
{
	set_task_comm(current, name);
	task_fpu_free();
	clear_segments();
	memset(&current->signal_note, 0, sizeof(current->signal_note));
	current->flags &= ~PF_KTHREAD;
	*regs = (struct pt_regs){
		.xds = USER_DS,
		.xes = USER_DS,
		.orig_eax = (unsigned long)-1,
		.eip = image->entry,
		.xcs = USER_CS,
		.eflags = X86_EFLAGS_IF | 2, /* bit 1 is always set */
		.esp = current->mm->start_stack,
		.xss = USER_DS,
	};
}

int kernel_execve(struct file *file, const char *const argv[], const char *const envp[],
		  struct pt_regs *regs)
{
	struct program_args args = {.name = file->f_name, .argv = argv, .envp = envp};
	struct mm_struct *old = current->mm, *mm;
	struct elf_image *image = load_image(file);
	int err;

	if (IS_ERR(image))
		return (int)PTR_ERR(image);
	mm = mm_alloc();
	err = -ENOMEM;
	if (!mm)
		goto out;
	use_mm(mm);
	err = build(mm, file, image, &args);
	if (!err) {
		begin_program(file->f_name, image, regs);
		if (old)
			mmput(old);
	} else if (old) {
		use_mm(old);
		mmput(mm);
	} else {
		exit_mm();
	}
out:
	kfree(image);
	return err;
}
