/* The memory of a new program: its segments, those of its dynamic linker, its stack. */
#ifndef FOLIO_EXEC_LOAD_H
#define FOLIO_EXEC_LOAD_H

#include "kernel/elf.h"
#include "kernel/exec_args.h"
#include "mm/mm_types.h"

/* An ELF file and what it asks for. */
struct elf_program {
	struct file *file;
	struct elf_image *image;
};

/* What is to be loaded, all checked; and who will run it. */
struct exec_memory {
	struct elf_program program;
	struct elf_program interp; /* file is NULL: none */
	const struct exec_args *args;
	const struct cred *cred;
	bool secure;	     /* AT_SECURE */
	unsigned long entry; /* result: where it begins */
};

/*
 * elf_program_open - read and check the ELF file `program->file`; elf_program_close - free what
 * that took, not the file. 0; -ENOEXEC: not a program for this machine, the log says why; -ENOMEM,
 * -EIO. May sleep.
 */
int elf_program_open(struct elf_program *program);
void elf_program_close(struct elf_program *program);

/*
 * elf_interp_path - the path of the program's dynamic linker; kfree() it. NULL: it has none.
 * Or ERR_PTR(-ENOEXEC, -ENOMEM, -EIO).
 */
char *elf_interp_path(const struct elf_program *program);

/* exec_map - fill the current, empty address space. 0 or -errno. May sleep. */
int exec_map(struct mm_struct *mm, struct exec_memory *memory);

#endif
