/*
 * Tokens become a tree, by one function for each rule of the grammar:
 *
 *	list      and-or { (; | & | newline) and-or }
 *	and-or    pipeline { (&& | ||) pipeline }
 *	pipeline  [!] command { | command }
 *	command   simple, or compound with redirections
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

static struct node *parse_list(void);

static void unexpected(void)
{
	peek();
	give_up(2, "syntax error near %s", token_text);
}

static void expect(const char *text)
{
	if (!peek_word(text))
		unexpected();
	next();
}

static void expect_token(enum token wanted)
{
	if (peek() != wanted)
		unexpected();
	next();
}

static void skip_newlines(void)
{
	while (peek() == T_NEWLINE)
		next();
}

static struct node *new_node(enum node_kind kind, struct node *first, struct node *second)
{
	struct node *node = grab(sizeof(*node));

	*node = (struct node){.kind = kind, .first = first, .second = second};
	return node;
}

static char *take_word(void)
{
	char *text;

	if (peek() != T_WORD)
		unexpected();
	text = token_text;
	next();
	return text;
}

static struct word **add_word(struct word **end, char *text)
{
	*end = grab(sizeof(**end));
	**end = (struct word){NULL, text};
	return &(*end)->next;
}

/* ---------------------------------------------------------------- redirections */

static bool at_redirect(void)
{
	enum token t = peek();

	return t == T_NUMBER || (t >= T_LESS && t <= T_CLOBBER);
}

/* A mark loses its quotes; whether it had any is what matters. */
static char *here_mark(const char *word, bool *plain)
{
	char *mark = grab_string(word, strlen(word)), *to = mark;

	*plain = !strpbrk(word, "'\"\\");
	for (; *word; word++) {
		if (!strchr("'\"\\", *word))
			*to++ = *word;
	}
	*to = 0;
	return mark;
}

static struct redirect *parse_redirect(void)
{
	static const enum redirect_kind kinds[] = {
		[T_LESS] = R_READ,     [T_GREAT] = R_WRITE,	[T_DGREAT] = R_APPEND,
		[T_DLESS] = R_HERE,    [T_DLESS_TABS] = R_HERE, [T_LESS_AND] = R_DUP,
		[T_GREAT_AND] = R_DUP, [T_LESS_GREAT] = R_BOTH, [T_CLOBBER] = R_WRITE,
	};
	struct redirect *r = grab(sizeof(*r));
	enum token op;

	*r = (struct redirect){.fd = -1};
	if (peek() == T_NUMBER) {
		r->fd = atoi(token_text);
		next();
	}
	op = next();
	if (op < T_LESS || op > T_CLOBBER)
		unexpected();
	r->kind = kinds[op];
	if (r->fd < 0)
		r->fd = op == T_GREAT || op == T_DGREAT || op == T_GREAT_AND || op == T_CLOBBER;
	if (peek() == T_NUMBER)
		token_text = grab_string(token_text, strlen(token_text));
	else if (peek() != T_WORD)
		unexpected();
	r->target = token_text;
	if (r->kind == R_HERE)
		expect_here(r, here_mark(token_text, &r->expand), op == T_DLESS_TABS);
	next();
	return r;
}

static void parse_redirects(struct node *node)
{
	struct redirect **end = &node->redirects;

	while (at_redirect()) {
		*end = parse_redirect();
		end = &(*end)->next;
	}
}

/* ---------------------------------------------------------------- compound commands */

static struct node *parse_if(void)
{
	struct node *node = new_node(N_IF, NULL, NULL);

	next();
	node->first = parse_list();
	expect("then");
	node->second = parse_list();
	if (peek_word("elif")) {
		node->third = parse_if(); /* takes the fi */
		return node;
	}
	if (peek_word("else")) {
		next();
		node->third = parse_list();
	}
	expect("fi");
	return node;
}

static struct node *parse_loop(enum node_kind kind)
{
	struct node *node = new_node(kind, NULL, NULL);

	next();
	node->first = parse_list();
	expect("do");
	node->second = parse_list();
	expect("done");
	return node;
}

static struct node *parse_for(void)
{
	struct node *node = new_node(N_FOR, NULL, NULL);
	struct word **end = &node->words;

	next();
	node->name = take_word();
	skip_newlines();
	node->all_params = !peek_word("in");
	if (!node->all_params) {
		next();
		while (peek() == T_WORD)
			end = add_word(end, take_word());
	}
	if (peek() == T_SEMI)
		next();
	skip_newlines();
	expect("do");
	node->first = parse_list();
	expect("done");
	return node;
}

static struct branch *parse_branch(void)
{
	struct branch *branch = grab(sizeof(*branch));
	struct word **end = &branch->patterns;

	*branch = (struct branch){0};
	if (peek() == T_LEFT)
		next();
	end = add_word(end, take_word());
	while (peek() == T_PIPE) {
		next();
		end = add_word(end, take_word());
	}
	expect_token(T_RIGHT);
	branch->body = parse_list();
	if (peek() == T_DSEMI)
		next();
	else if (!peek_word("esac"))
		unexpected();
	skip_newlines();
	return branch;
}

static struct node *parse_case(void)
{
	struct node *node = new_node(N_CASE, NULL, NULL);
	struct branch **end = &node->branches;

	next();
	add_word(&node->words, take_word());
	skip_newlines();
	expect("in");
	skip_newlines();
	while (!peek_word("esac")) {
		*end = parse_branch();
		end = &(*end)->next;
	}
	next();
	return node;
}

static struct node *parse_group(enum node_kind kind)
{
	struct node *node = new_node(kind, NULL, NULL);

	next();
	node->first = parse_list();
	if (!node->first)
		unexpected();
	if (kind == N_SUBSHELL)
		expect_token(T_RIGHT);
	else
		expect("}");
	return node;
}

/* ---------------------------------------------------------------- commands */

static struct node *parse_compound(void)
{
	if (peek() == T_LEFT)
		return parse_group(N_SUBSHELL);
	if (peek() != T_WORD)
		return NULL;
	if (!strcmp(token_text, "{"))
		return parse_group(N_GROUP);
	if (!strcmp(token_text, "if"))
		return parse_if();
	if (!strcmp(token_text, "while"))
		return parse_loop(N_WHILE);
	if (!strcmp(token_text, "until"))
		return parse_loop(N_UNTIL);
	if (!strcmp(token_text, "for"))
		return parse_for();
	if (!strcmp(token_text, "case"))
		return parse_case();
	return NULL;
}

static struct node *parse_command_node(void);

/* name ( ) command: the body is kept as text and parsed again when it runs. */
static struct node *parse_function(char *name)
{
	struct node *node = new_node(N_FUNCTION, NULL, NULL);
	size_t start;

	next();
	expect_token(T_RIGHT);
	skip_newlines();
	peek();
	start = token_start;
	if (!parse_command_node())
		unexpected();
	node->name = name;
	node->text = grab_string(source->text + start, source_read() - start);
	return node;
}

static bool is_reserved(const char *word)
{
	static const char *const words[] = {"then", "else", "elif", "fi", "do",
					    "done", "esac", "}",    NULL};

	for (int i = 0; words[i]; i++) {
		if (!strcmp(words[i], word))
			return true;
	}
	return false;
}

static struct node *parse_simple(void)
{
	struct node *node = new_node(N_SIMPLE, NULL, NULL);
	struct word **end = &node->words;
	struct redirect **last = &node->redirects;

	for (;;) {
		if (at_redirect()) {
			*last = parse_redirect();
			last = &(*last)->next;
		} else if (peek() == T_WORD) {
			char *word = take_word();

			if (peek() == T_LEFT && !node->words && !node->redirects &&
			    is_name(word, strlen(word)))
				return parse_function(word);
			end = add_word(end, word);
		} else {
			break;
		}
	}
	return node->words || node->redirects ? node : NULL;
}

static struct node *parse_command_node(void)
{
	struct node *node = parse_compound();

	if (node)
		parse_redirects(node);
	else if (peek() != T_WORD || !is_reserved(token_text))
		node = parse_simple();
	return node;
}

/* What was read since then, for lists of jobs. */
static char *source_text(size_t start)
{
	size_t len = source_read() - start;

	while (len && strchr(" \t\n", source->text[start + len - 1]))
		len--;
	return grab_string(source->text + start, len);
}

static struct node *parse_pipeline(void)
{
	bool not = false;
	struct node *first, *last;
	size_t start;

	while (peek_word("!")) {
		not = !not ;
		next();
	}
	peek();
	start = token_start;
	first = last = parse_command_node();
	if (first && peek() == T_PIPE)
		first = last = new_node(N_PIPE, first, NULL);
	while (first && peek() == T_PIPE) {
		struct node *command;

		next();
		skip_newlines();
		command = parse_command_node();
		if (!command)
			unexpected();
		last = last->second = new_node(N_PIPE, command, NULL);
	}
	if (!first && not )
		unexpected();
	if (first && first->kind != N_FUNCTION)
		first->text = source_text(start);
	return not ? new_node(N_NOT, first, NULL) : first;
}

static struct node *parse_and_or(void)
{
	struct node *node = parse_pipeline();

	while (node && (peek() == T_AND || peek() == T_OR)) {
		enum node_kind kind = next() == T_AND ? N_AND : N_OR;
		struct node *right;

		skip_newlines();
		right = parse_pipeline();
		if (!right)
			unexpected();
		node = new_node(kind, node, right);
	}
	return node;
}

/* An and-or list and what ends it. */
static struct node *parse_item(void)
{
	struct node *node;
	size_t start;

	peek();
	start = token_start;
	node = parse_and_or();
	if (!node)
		return NULL;
	if (peek() == T_AMP) {
		node = new_node(N_BACKGROUND, node, NULL);
		node->text = source_text(start);
		next();
	} else if (peek() == T_SEMI) {
		next();
	}
	return node;
}

static struct node *append(struct node *list, struct node *item)
{
	return list ? new_node(N_SEQUENCE, list, item) : item;
}

/* Several lines, up to a word or token that cannot begin a command. */
static struct node *parse_list(void)
{
	struct node *list = NULL, *item;

	for (;;) {
		skip_newlines();
		item = parse_item();
		if (!item)
			return list;
		list = append(list, item);
	}
}

struct node *parse_command(bool *end)
{
	struct node *list = NULL, *item;

	source->continued = false;
	*end = peek() == T_END;
	while (peek() != T_NEWLINE && peek() != T_END) {
		item = parse_item();
		if (!item)
			unexpected();
		list = append(list, item);
	}
	next();
	return list;
}
