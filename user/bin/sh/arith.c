/*
 * $((...)): integers of 64 bits with C's operators. A binary expression is read by climbing:
 * an operand, then operators of at least the given strength, each with a right side of
 * stronger ones.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

static const char *at;	  /* the text that is still to be read */
static const char *whole; /* all of it, for messages */
static bool skipped;	  /* within a part that is not to be evaluated: no effects */

static const struct operator
{
	char text[3];
	int strength;
}
operators[] = {
	{"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<<", 8}, {">>", 8},
	{"<=", 7}, {">=", 7}, {"|", 3},	 {"^", 4},  {"&", 5},  {"<", 7},
	{">", 7},  {"+", 9},  {"-", 9},	 {"*", 10}, {"/", 10}, {"%", 10},
};

static long long assignment(void);

static void wrong(void)
{
	give_up(2, "arithmetic: %s", whole);
}

static void skip_blanks(void)
{
	while (isspace((unsigned char)*at))
		at++;
}

static bool take(const char *text)
{
	skip_blanks();
	if (strncmp(at, text, strlen(text)))
		return false;
	at += strlen(text);
	return true;
}

static long long variable(const char *name)
{
	const char *value = var_get(name);

	return value ? strtoll(value, NULL, 0) : 0;
}

static void store(const char *name, long long value)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", value);
	if (!skipped)
		var_set(name, number);
}

static long long name_or_number(void)
{
	size_t len = name_length(at);
	long long value;
	char *name, *end;

	if (!len) {
		value = strtoll(at, &end, 0);
		if (end == at)
			wrong();
		at = end;
		return value;
	}
	name = grab_string(at, len);
	at += len;
	value = variable(name);
	if (take("++"))
		store(name, value + 1);
	else if (take("--"))
		store(name, value - 1);
	return value;
}

static long long operand(void)
{
	long long value;

	skip_blanks();
	if ((!strncmp(at, "++", 2) || !strncmp(at, "--", 2)) && name_length(at + 2)) {
		int step = *at == '+' ? 1 : -1;
		char *name = grab_string(at + 2, name_length(at + 2));

		at += 2 + strlen(name);
		value = variable(name) + step;
		store(name, value);
		return value;
	}
	if (take("-"))
		return (long long)-(unsigned long long)operand();
	if (take("+"))
		return operand();
	if (take("!"))
		return !operand();
	if (take("~"))
		return ~operand();
	if (take("(")) {
		value = assignment();
		if (!take(")"))
			wrong();
		return value;
	}
	return name_or_number();
}

static const struct operator* next_operator(void)
{
	skip_blanks();
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t len = strlen(operators[i].text);

		if (!strncmp(at, operators[i].text, len) &&
		    !(at[len] == '=' && strchr("+-*/%&|^", *at)))
			return &operators[i];
	}
	return NULL;
}

static long long divide(long long a, long long b, bool rest)
{
	if (!b && !skipped)
		give_up(2, "arithmetic: division by zero");
	if (!b || b == -1) /* the smallest number has no opposite */
		return rest || !b ? 0 : (long long)-(unsigned long long)a;
	return rest ? a % b : a / b;
}

static long long apply(const char *op, long long a, long long b)
{
	switch (op[0]) {
	case '|':
		return op[1] ? a || b : a | b;
	case '&':
		return op[1] ? a && b : a & b;
	case '^':
		return a ^ b;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '<':
		return op[1] == '<'   ? (long long)((unsigned long long)a << (b & 63))
		       : op[1] == '=' ? a <= b
				      : a < b;
	case '>':
		return op[1] == '>' ? a >> (b & 63) : op[1] == '=' ? a >= b : a > b;
	case '+':
		return (long long)((unsigned long long)a + (unsigned long long)b);
	case '-':
		return (long long)((unsigned long long)a - (unsigned long long)b);
	case '*':
		return (long long)((unsigned long long)a * (unsigned long long)b);
	}
	return divide(a, b, op[0] == '%');
}

static long long binary(int strength)
{
	long long left = operand();
	const struct operator* op;

	while ((op = next_operator()) && op->strength >= strength) {
		bool before = skipped;
		long long right;

		at += strlen(op->text);
		if ((op->strength == 1 && left) || (op->strength == 2 && !left))
			skipped = true;
		right = binary(op->strength + 1);
		skipped = before;
		left = apply(op->text, left, right);
	}
	return left;
}

static long long conditional(void)
{
	long long value = binary(1), yes, no;
	bool before = skipped;

	if (!take("?"))
		return value;
	skipped = before || !value;
	yes = assignment();
	if (!take(":"))
		wrong();
	skipped = before || value;
	no = conditional();
	skipped = before;
	return value ? yes : no;
}

/* name = ..., name += ..., or something without an effect. */
static long long assignment(void)
{
	const char *start;
	size_t len;
	char *name, op[3] = "";

	skip_blanks();
	start = at;
	len = name_length(at);
	name = grab_string(at, len);
	at += len;
	skip_blanks();
	if (len && *at && strchr("+-*/%&|^", *at) && at[1] == '=')
		op[0] = *at++;
	if (len && *at == '=' && at[1] != '=') {
		long long value;

		at++;
		value = assignment();
		if (op[0])
			value = apply(op, variable(name), value);
		store(name, value);
		return value;
	}
	at = start;
	return conditional();
}

long long arithmetic(const char *expression)
{
	const char *outer_at = at, *outer_whole = whole;
	long long value = 0;

	at = whole = expression;
	skipped = false;
	skip_blanks();
	if (*at) {
		do
			value = assignment();
		while (take(","));
		skip_blanks();
		if (*at)
			wrong();
	}
	at = outer_at;
	whole = outer_whole;
	return value;
}
