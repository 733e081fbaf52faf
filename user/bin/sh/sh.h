/*
 * The shell: what its files share.
 *
 *	main.c     options, the loop: read a command, run it, show the prompt again
 *	source.c   where the text comes from: lines of a terminal, a file, a string
 *	lexer.c    text becomes tokens
 *	parser.c   tokens become a tree
 *	eval.c     the tree is walked: pipelines, lists, loops, functions
 *	command.c  one simple command: builtin, function or program
 *	redirect.c its files
 *	expand.c   words become fields: $x $(...) splitting, names of files
 *	param.c    ${...}      arith.c  $((...))      vars.c  variables and parameters
 *	jobs.c     processes in groups, which of them has the terminal
 *	builtin.c, builtin_set.c, builtin_job.c, test.c, help.c  the commands inside
 *	edit.c, complete.c  the line that is being typed
 *	memory.c   what a command allocates, and how an error gets back to the prompt
 */
#ifndef FOLIO_SH_H
#define FOLIO_SH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* ---------------------------------------------------------------- the tree */

struct word {
	struct word *next;
	char *text; /* as it was written, with its quotes */
};

enum redirect_kind { R_READ, R_WRITE, R_APPEND, R_BOTH, R_DUP, R_HERE };

struct redirect {
	struct redirect *next;
	enum redirect_kind kind;
	int fd;
	char *target; /* a file's name, a descriptor's number or -, or a here document's text */
	bool expand;  /* a here document whose end mark was not quoted */
};

struct branch { /* of a case */
	struct branch *next;
	struct word *patterns;
	struct node *body;
};

enum node_kind {
	N_SIMPLE,     /* words with redirections */
	N_PIPE,	      /* first | next: a chain by `second` */
	N_NOT,	      /* ! first */
	N_AND,	      /* first && second */
	N_OR,	      /* first || second */
	N_SEQUENCE,   /* first ; second */
	N_BACKGROUND, /* first & */
	N_SUBSHELL,   /* ( first ) */
	N_GROUP,      /* { first } */
	N_IF,	      /* first: condition, second: then, third: else */
	N_WHILE,      /* first: condition, second: body */
	N_UNTIL,
	N_FOR,	    /* name, words, first: body */
	N_CASE,	    /* words: what is looked at; branches */
	N_FUNCTION, /* name, text: its body */
};

struct node {
	enum node_kind kind;
	struct node *first, *second, *third;
	struct word *words;
	struct redirect *redirects;
	struct branch *branches;
	char *name;
	bool all_params; /* for NAME without `in`: over "$@" */
	char *text;	 /* the source, for lists of jobs */
};

/* ---------------------------------------------------------------- source.c, lexer.c, parser.c */

struct source {
	struct source *outer;
	int depth;
	char *text; /* grows as lines are read */
	size_t len, pos, room;
	int fd;		  /* -1: the text is all there is */
	bool interactive; /* lines come from the editor */
	bool continued;	  /* within a command: the other prompt */
};

extern struct source *source; /* what is being read */

void source_string(struct source *s, const char *text);
void source_fd(struct source *s, int fd, bool interactive); /* closes it in the end */
/* A file to read from, above the numbers that commands use. */
int open_high(const char *path);
void source_close(struct source *s);
bool source_more(void); /* another line; false at the end */
void source_drop(void); /* forget what has been read */

enum token {
	T_END,
	T_NEWLINE,
	T_WORD,
	T_NUMBER, /* before a redirection */
	T_SEMI,
	T_AMP,
	T_PIPE,
	T_AND,
	T_OR,
	T_DSEMI,
	T_LEFT,
	T_RIGHT,
	T_LESS,
	T_GREAT,
	T_DGREAT,
	T_DLESS,
	T_DLESS_TABS,
	T_LESS_AND,
	T_GREAT_AND,
	T_LESS_GREAT,
	T_CLOBBER,
};

enum token peek(void);		  /* the next token; its text is in token_text */
enum token next(void);		  /* the same, and past it */
bool peek_word(const char *text); /* is it this word, unquoted? */
extern char *token_text;
extern size_t token_start; /* in the source */
size_t source_read(void);  /* how far the source is used up, without the token looked at */
void lexer_reset(void);
/* A here document was announced: its text follows the next newline. */
void expect_here(struct redirect *redirect, char *mark, bool tabs);
/* The length of a quoted or $ construct at s, or 0 when its end is missing. */
size_t construct_length(const char *s);

struct node *parse_command(bool *end); /* one line's list; NULL for an empty one */

/* ---------------------------------------------------------------- eval.c, command.c, redirect.c */

extern int status;	    /* $? */
extern int loop_depth;	    /* loops around what runs now */
extern int skip_loops;	    /* break or continue: leave so many */
extern bool skip_continues; /* ... and go on with the last of them */
extern bool returning;	    /* return: leave the function or file */
extern bool interactive, in_child;

void eval(struct node *node);
void run_source(struct source *s); /* all commands of a source */
void run_text(const char *text);
extern int tested; /* within conditions: a failure there does not end a shell with -e */
void run_simple(struct node *node, bool may_exec);
/* In a forked process: runs it and ends. */
void run_child(struct node *node) __attribute__((noreturn));
void becomes_child(void);
void exec_program(char **argv) __attribute__((noreturn));
void leave(int code) __attribute__((noreturn)); /* exit, with its trap */

/* Carries them out; false: a message was printed. They can be undone as far as a mark, unless
 * `forget` (in a process of its own, or for exec). */
bool redirect(struct redirect *list, bool forget);
void *redirect_mark(void);
void redirect_undo(void *mark);

/* ---------------------------------------------------------------- expand.c, param.c, arith.c */

struct text { /* a string that grows; each character has a kind */
	char *chars, *kinds;
	size_t len, room;
};

enum { LITERAL = 'l', QUOTED = 'q', RESULT = 'r', EMPTY = 'z', BREAK = 'b' };

void text_add(struct text *t, char c, char kind);
void text_add_string(struct text *t, const char *s, char kind);

struct fields {
	char **words; /* ends with NULL */
	int count;
};

void expand_words(struct word *words, struct fields *fields);
char *expand_one(const char *word);	/* no splitting, no names of files */
char *expand_pattern(const char *word); /* the same, quoted special characters by \ */
char *expand_here(const char *text);	/* as between double quotes */
/* $... or `...` at s into t; the length of what was used. */
size_t expand_dollar(const char *s, struct text *t, bool quoted, bool *all);
size_t expand_braces(const char *s, struct text *t, bool quoted, bool *all);
void expand_part(const char *s, size_t len, struct text *t, bool quoted);
long long arithmetic(const char *expression);

/* ---------------------------------------------------------------- vars.c */

struct local { /* a variable as it was before `local` */
	struct local *next;
	char *name, *value;
};

struct frame { /* one for each function that runs; $0 is the same in all */
	struct frame *outer;
	char **params;
	int count;
	struct local *locals;
};

extern struct frame *frame;
extern pid_t shell_pid; /* $$: also in subshells */
extern char *shell_name;
extern bool opt_errexit, opt_trace, opt_unset, opt_noglob;

const char *var_get(const char *name); /* NULL: not set */
void var_set(const char *name, const char *value);
void var_export(const char *name);
void var_unset(const char *name);
void vars_init(void);
void vars_print(bool exported_only);
char **vars_environment(void); /* for execve, in the command's memory */
bool is_name(const char *s, size_t len);
size_t name_length(const char *s); /* of the name that s begins with */
bool is_assignment(const char *word);
void params_set(char **words, int count); /* copies */
void params_shift(int count);
void frame_push(char **words, int count);
void frame_pop(void);
/* A variable gets its old value back when the function ends. */
void var_local(const char *name);

struct function {
	struct function *next;
	char *name, *body;
};
struct function *function_find(const char *name);
void function_define(const char *name, const char *body);
void function_remove(const char *name);

/* ---------------------------------------------------------------- jobs.c */

struct job;

extern pid_t last_background; /* $! */
extern bool job_control;

void jobs_init(void);
struct job *job_new(const char *text); /* NULL: no memory */
/* Forks a process of the job; in the child, signals and the terminal are set. -1: failed. */
pid_t job_fork(struct job *job, bool background);
int job_wait(struct job *job);	      /* in the foreground: its status */
void job_background(struct job *job); /* announces it */
void job_drop(struct job *job);
void jobs_notice(bool print); /* looks who has ended, before a prompt */
int builtin_jobs(int argc, char **argv);
int builtin_fg(int argc, char **argv);
int builtin_bg(int argc, char **argv);
int builtin_wait(int argc, char **argv);
int builtin_kill(int argc, char **argv);

/* ---------------------------------------------------------------- builtins */

struct builtin {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

const struct builtin *builtin_find(const char *name);
extern const struct builtin builtins[]; /* ends with a NULL name */

int builtin_test(int argc, char **argv);
int builtin_help(int argc, char **argv);
int builtin_export(int argc, char **argv);
int builtin_unset(int argc, char **argv);
int builtin_set(int argc, char **argv);
int builtin_shift(int argc, char **argv);
int builtin_local(int argc, char **argv);
int builtin_read(int argc, char **argv);
int builtin_umask(int argc, char **argv);
int builtin_ulimit(int argc, char **argv);
int builtin_trap(int argc, char **argv);
int builtin_echo(int argc, char **argv);
int builtin_printf(int argc, char **argv);

void traps_run(void);	 /* what signals have asked for meanwhile */
void traps_forget(void); /* in a child */
void trap_exit(void);
int signal_number(const char *name); /* 0 for EXIT, -1: none */

/* ---------------------------------------------------------------- edit.c, complete.c */

char *edit_line(const char *prompt); /* malloc'ed, with its newline; NULL at the end */
/* What may stand in place of the word [start, pos) of the line; malloc'ed, ends with NULL. */
char **complete(const char *line, size_t pos, size_t *start);
void complete_free(char **words);
/* Calls see() with the name of every command along PATH. */
void each_command(void (*see)(const char *name, void *arg), void *arg);

/* ---------------------------------------------------------------- memory.c */

/* Memory of the command that runs: gone when it has ended, or at release(). */
void *grab(size_t size);
char *grab_string(const char *s, size_t len);
void *mark(void);
void release(void *mark);
/* For what stays; without memory back to the prompt. */
void *keep(void *p);
char *keep_string(const char *s);

void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Complains, and goes back to the prompt; a script or a child ends with the status. */
void give_up(int code, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));
void back_to_prompt(int code) __attribute__((noreturn));
extern volatile int interrupted; /* ^C arrived */
void check_interrupt(void);

#endif
