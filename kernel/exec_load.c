/*
 * The memory of a new program.
 *
 * Segments are only mapped: their pages come when they are touched. A dynamic linker is one
 * more ELF file beside the program, mapped where the kernel finds room for it; it is what
 * really begins, and learns from the auxiliary vector where the program is.
 *
 * The stack at entry, from high to low (System V ABI, Intel386 supplement, and
 * what Linux adds):
 *
 *	stack_top	a zero word
 *			the program's file name
 *			environment strings
 *			argument strings
 *			platform name, 16 random bytes
 *			auxiliary vector: pairs up to AT_NULL
 *			envp[] up to NULL
 *			argv[] up to NULL
 *	esp		argc			(a multiple of 16)
 */
#include "kernel/exec_load.h"

#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "mm/mm.h"
#include "mm/mmap.h"
#include "mm/slab.h"

#define USER_HZ	     100
#define RANDOM_BYTES 16
#define AUXV_WORDS   40
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
	if (!err) {
		why = elf_read_segments(h, ph, file->f_inode->i_size, image);
		if (why)
			err = refuse(file_name(file), why);
	}
	kfree(ph);
	return err;
}

int elf_program_open(struct elf_program *program)
{
	struct file *file = program->file;
	loff_t size = file->f_inode->i_size;
	struct elf32_header h;
	const char *why;
	int err;

	memset(&h, 0, sizeof(h));
	err = read_exactly(file, 0, &h, min((loff_t)sizeof(h), size));
	if (err)
		return err;
	why = elf_check_header(&h, size);
	if (why)
		return refuse(file_name(file), why);
	program->image = kmalloc(elf_image_size(h.e_phnum), GFP_KERNEL);
	if (!program->image)
		return -ENOMEM;
	err = read_image(file, &h, program->image);
	if (err)
		elf_program_close(program);
	return err;
}

void elf_program_close(struct elf_program *program)
{
	kfree(program->image);
	program->image = NULL;
}

char *elf_interp_path(const struct elf_program *program)
{
	const struct elf_image *image = program->image;
	char *path;
	int err;

	if (!image->interp_len)
		return NULL;
	path = kmalloc(image->interp_len, GFP_KERNEL);
	if (!path)
		return ERR_PTR(-ENOMEM);
	err = read_exactly(program->file, (loff_t)image->interp_offset, path, image->interp_len);
	if (!err && path[image->interp_len - 1])
		err = refuse(file_name(program->file), "interpreter's name without an end");
	if (!err)
		return path;
	kfree(path);
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

static int map_segments(const struct elf_program *program)
{
	const struct elf_image *image = program->image;
	int err = 0;

	for (unsigned int i = 0; i < image->nr_segments && !err; i++)
		err = map_segment(program->file, &image->segment[i]);
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

static void set_bounds(struct mm_struct *mm, const struct elf_program *program)
{
	const struct elf_image *image = program->image;

	mm->start_code = image->start_code;
	mm->end_code = image->end_code;
	mm->start_data = image->start_data;
	mm->end_data = image->end_data;
	mm->start_brk = mm->brk = randomize_brk(PAGE_ALIGN(image->end));
	mm->exe_file = get_file(program->file);
}

/* Where the interpreter goes: where it wants, or where there is room. It may not cover anything. */
static int place_interp(struct mm_struct *mm, struct elf_image *image)
{
	unsigned long start = image->segment[0].vaddr & PAGE_MASK;
	unsigned long len = PAGE_ALIGN(image->end) - start, addr;
	struct vm_area_struct *vma;

	if (image->dyn) {
		addr = get_unmapped_area(mm, 0, len, 0);
		if (IS_ERR_VALUE(addr))
			return (int)addr;
		elf_move(image, addr - start);
		return 0;
	}
	vma = find_vma(mm, start);
	return vma && vma->vm_start < start + len ? -ENOMEM : 0;
}

static int map_files(struct mm_struct *mm, struct exec_memory *memory)
{
	int err;

	down_write(&mm->mmap_sem);
	err = map_segments(&memory->program);
	set_bounds(mm, &memory->program);
	memory->entry = memory->program.image->entry;
	if (!err && memory->interp.file) {
		err = place_interp(mm, memory->interp.image);
		if (!err)
			err = map_segments(&memory->interp);
		memory->entry = memory->interp.image->entry;
	}
	up_write(&mm->mmap_sem);
	if (!err)
		err = clear_bss_tails(memory->program.image);
	if (!err && memory->interp.file)
		err = clear_bss_tails(memory->interp.image);
	return err;
}

/* ------------------------------------------------------------- the stack */

static const char *platform_name(void)
{
	if (boot_cpu_data.family >= 6)
		return "i686";
	return boot_cpu_data.family == 5 ? "i586" : "i486";
}

/* Where the next piece goes. The first failure is kept. */
struct stack {
	unsigned long sp;
	int err;
};

static unsigned long push_bytes(struct stack *stack, const void *data, size_t size)
{
	stack->sp -= size;
	if (!stack->err && copy_to_user((void __user *)stack->sp, data, size))
		stack->err = -ENOMEM;
	return stack->sp;
}

/* Upwards, word by word. */
static void put_word(struct stack *stack, unsigned long word)
{
	if (!stack->err && put_user(word, (unsigned long __user *)stack->sp))
		stack->err = -ENOMEM;
	stack->sp += sizeof(word);
}

/* Pointers to strings that lie one behind the other from `addr` on, and NULL. */
static void list_strings(struct stack *stack, unsigned int count, unsigned long addr)
{
	while (count-- && !stack->err) {
		long len = strnlen_user((const char __user *)addr, MAX_ARG_STRLEN);

		put_word(stack, addr);
		if (len <= 0)
			stack->err = -EFAULT;
		addr += (unsigned long)len;
		cond_resched();
	}
	put_word(stack, 0);
}

/* Addresses that the auxiliary vector names. */
struct auxv_strings {
	unsigned long execfn, platform, random;
};

static unsigned long interp_base(const struct exec_memory *memory)
{
	const struct elf_image *image = memory->interp.image;

	return memory->interp.file && image->dyn ? image->segment[0].vaddr & PAGE_MASK : 0;
}

static void list_auxv(struct stack *stack, const struct exec_memory *memory,
		      const struct auxv_strings *at)
{
	const struct elf_image *image = memory->program.image;
	const struct cred *cred = memory->cred;
	const unsigned long words[] = {
		AT_HWCAP,    boot_cpu_data.features[0],
		AT_PAGESZ,   PAGE_SIZE,
		AT_CLKTCK,   USER_HZ,
		AT_PHDR,     image->phdr,
		AT_PHENT,    sizeof(struct elf32_phdr),
		AT_PHNUM,    image->phdr ? image->phnum : 0,
		AT_BASE,     interp_base(memory),
		AT_FLAGS,    0,
		AT_ENTRY,    image->entry,
		AT_UID,	     cred->uid,
		AT_EUID,     cred->euid,
		AT_GID,	     cred->gid,
		AT_EGID,     cred->egid,
		AT_SECURE,   memory->secure,
		AT_RANDOM,   at->random,
		AT_EXECFN,   at->execfn,
		AT_PLATFORM, at->platform,
		AT_NULL,     0,
	};

	_Static_assert(ARRAY_SIZE(words) <= AUXV_WORDS, "AUXV_WORDS is too small");
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		put_word(stack, words[i]);
}

/* Make room at once: the writing below must not depend on how the kernel grows stacks. */
static int grow_stack(struct mm_struct *mm, size_t bytes)
{
	struct vm_area_struct *vma;
	unsigned long bottom = (mm->stack_top - bytes) & PAGE_MASK;
	int err = 0;

	down_write(&mm->mmap_sem);
	vma = find_vma(mm, mm->stack_top - 1);
	if (bottom < vma->vm_start)
		err = expand_stack(vma, bottom);
	up_write(&mm->mmap_sem);
	return err;
}

/* The strings are one piece; where each part of it begins. */
static void place_strings(struct mm_struct *mm, const struct exec_args *args, unsigned long start,
			  struct auxv_strings *at)
{
	mm->arg_start = start;
	mm->arg_end = mm->env_start = start + args->argv_bytes;
	mm->env_end = at->execfn = mm->env_start + args->envp_bytes;
}

static size_t words_size(const struct exec_args *args)
{
	return (args->argc + args->envc + 3) * sizeof(long);
}

static int write_stack(struct mm_struct *mm, const struct exec_memory *memory)
{
	const struct exec_args *args = memory->args;
	struct stack stack = {.sp = mm->stack_top - sizeof(long) - args->used};
	struct auxv_strings at;
	u8 random[RANDOM_BYTES];
	const char *platform = platform_name();

	place_strings(mm, args, stack.sp, &at);
	stack.err = exec_write_strings(args, stack.sp);
	get_random_bytes(random, sizeof(random));
	at.platform = push_bytes(&stack, platform, strlen(platform) + 1);
	at.random = push_bytes(&stack, random, sizeof(random));
	stack.sp -= words_size(args) + AUXV_WORDS * sizeof(long);
	stack.sp &= ~15ul;
	mm->start_stack = stack.sp;
	put_word(&stack, args->argc);
	list_strings(&stack, args->argc, mm->arg_start);
	list_strings(&stack, args->envc, mm->env_start);
	list_auxv(&stack, memory, &at);
	return stack.err;
}

static int setup_stack(struct mm_struct *mm, const struct exec_memory *memory)
{
	const struct exec_args *args = memory->args;
	size_t size = args->used + words_size(args) + AUXV_WORDS * sizeof(long) + STACK_SLACK;
	int err = setup_stack_vma(mm);

	if (!err)
		err = grow_stack(mm, size);
	return err ? err : write_stack(mm, memory);
}

int exec_map(struct mm_struct *mm, struct exec_memory *memory)
{
	int err = map_files(mm, memory);

	return err ? err : setup_stack(mm, memory);
}
