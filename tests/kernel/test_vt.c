/* The screen of a terminal: each sequence, and any mixture of them against a plain model. */
#include "kernel/drivers/vt.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/mm_test.h"

static void vt_setup(struct ktest *t)
{
	t->data = kmalloc(sizeof(struct vt), GFP_KERNEL);
	KT_ASSERT(t, t->data);
	vt_reset(t->data);
}

static void vt_teardown(struct ktest *t)
{
	kfree(t->data);
}

static void say(struct vt *vt, const char *text)
{
	vt_write(vt, text, strlen(text));
}

/* A row without the blanks at its end. */
static const char *row(const struct vt *vt, unsigned int number)
{
	static char text[VT_COLUMNS + 1];
	unsigned int len = VT_COLUMNS;

	for (unsigned int i = 0; i < VT_COLUMNS; i++)
		text[i] = (char)vt->cells[number * VT_COLUMNS + i];
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = 0;
	return text;
}

static void expect_cursor(struct ktest *t, const struct vt *vt, unsigned int r, unsigned int c)
{
	KT_EXPECT_EQ(t, vt->pen.row * 1000 + vt->pen.column, r * 1000 + c);
}

static u8 attribute_at(const struct vt *vt, unsigned int r, unsigned int c)
{
	return (u8)(vt->cells[r * VT_COLUMNS + c] >> 8);
}

static void test_characters(struct ktest *t)
{
	struct vt *vt = t->data;

	say(vt, "one\r\n\ttwo\bX\n\rend\a\177");
	KT_EXPECT_STREQ(t, row(vt, 0), "one");
	KT_EXPECT_STREQ(t, row(vt, 1), "        twX");
	KT_EXPECT_STREQ(t, row(vt, 2), "end");
	expect_cursor(t, vt, 2, 3);
	say(vt, "\r\303\244\342\202\254\360\237\230\200\377z");
	KT_EXPECT_STREQ(t, row(vt, 2), "????z");
	say(vt, "\033(0\033[5;1Hqx\016q\017\033(Bq");
	KT_EXPECT_STREQ(t, row(vt, 4), "\xc4\xb3qq");
}

/* The last column can be written without a new line; the next character begins one. */
static void test_wrapping(struct ktest *t)
{
	struct vt *vt = t->data;

	for (unsigned int i = 0; i < VT_COLUMNS; i++)
		say(vt, "x");
	expect_cursor(t, vt, 0, VT_COLUMNS - 1);
	say(vt, "\r\nnext");
	KT_EXPECT_STREQ(t, row(vt, 1), "next");
	say(vt, "\033[1;80Hyz");
	KT_EXPECT_STREQ(t, row(vt, 1), "zext");
	say(vt, "\033[?7l\033[3;79Habcd\033[?7h");
	KT_EXPECT_EQ(t, vt->cells[2 * VT_COLUMNS + 79] & 0xff, 'd');
	KT_EXPECT_STREQ(t, row(vt, 3), "");
	say(vt, "\033[25;1Hbottom\nlast");
	KT_EXPECT_STREQ(t, row(vt, 23), "bottom");
	KT_EXPECT_STREQ(t, row(vt, 24), "      last");
}

static void test_cursor(struct ktest *t)
{
	static const struct {
		const char *text;
		unsigned int row, column;
	} moves[] = {
		{"\033[5;10H", 4, 9},	  {"\033[2A", 2, 9},
		{"\033[B", 3, 9},	  {"\033[3C", 3, 12},
		{"\033[D", 3, 11},	  {"\033[2E", 5, 0},
		{"\033[F", 4, 0},	  {"\033[7G", 4, 6},
		{"\033[9d", 8, 6},	  {"\033[99;99f", 24, 79},
		{"\033[99A", 0, 79},	  {"\033[99D", 0, 0},
		{"\033[H", 0, 0},	  {"\033[3;3H\0337", 2, 2},
		{"\033[9;9H\0338", 2, 2}, {"\033[s\033[H\033[u", 2, 2},
		{"\033D", 3, 2},	  {"\033M", 2, 2},
		{"\033E", 3, 0},	  {"\033[4`", 3, 3},
		{"\033[0;0H", 0, 0},	  {"\033[2\b;5H", 1, 4},
		{"\033[3\030X", 1, 5},	  {"\033]0;title\aY", 1, 6},
		{"\033]P1234567Z", 1, 7}, {"\033[?25l\033[?25h", 1, 7},
		{"\033[[A", 1, 7},	  {"\033[>c\033[!p\033%G\033=\033>", 1, 7},
	};
	struct vt *vt = t->data;

	for (unsigned int i = 0; i < ARRAY_SIZE(moves); i++) {
		say(vt, moves[i].text);
		expect_cursor(t, vt, moves[i].row, moves[i].column);
	}
	KT_EXPECT_STREQ(t, row(vt, 1), "    XYZ");
}

static void test_erasing(struct ktest *t)
{
	struct vt *vt = t->data;

	say(vt, "abcdef\033[1;4H\033[K");
	KT_EXPECT_STREQ(t, row(vt, 0), "abc");
	say(vt, "\rabcdef\033[1;3H\033[1K");
	KT_EXPECT_STREQ(t, row(vt, 0), "   def");
	say(vt, "\033[2K\rabcdef\033[1;2H\033[2X\033[1;5H\033[@");
	KT_EXPECT_STREQ(t, row(vt, 0), "a  d ef");
	say(vt, "\033[1;2H\033[2P\033[4hXY\033[4l");
	KT_EXPECT_STREQ(t, row(vt, 0), "aXYd ef");
	say(vt, "\033[2;1Htwo\033[3;1Hthree\033[2;2H\033[J");
	KT_EXPECT_STREQ(t, row(vt, 1), "t");
	KT_EXPECT_STREQ(t, row(vt, 2), "");
	say(vt, "\033[1;3H\033[1J");
	KT_EXPECT_STREQ(t, row(vt, 0), "   d ef");
	say(vt, "\033[2J");
	KT_EXPECT_STREQ(t, row(vt, 0), "");
	expect_cursor(t, vt, 0, 2);
}

static void test_scrolling(struct ktest *t)
{
	struct vt *vt = t->data;

	say(vt, "1\r\n2\r\n3\r\n4\r\n5\033[2;4r");
	expect_cursor(t, vt, 0, 0);
	say(vt, "\033[4;1H\nx");
	KT_EXPECT_STREQ(t, row(vt, 1), "3");
	KT_EXPECT_STREQ(t, row(vt, 3), "x");
	KT_EXPECT_STREQ(t, row(vt, 4), "5");
	say(vt, "\033[2;1H\033M");
	KT_EXPECT_STREQ(t, row(vt, 1), "");
	KT_EXPECT_STREQ(t, row(vt, 2), "3");
	say(vt, "\033[2;1H\033[M\033[L\033[2L\033[3M\033[1;1H\033[9M");
	KT_EXPECT_STREQ(t, row(vt, 0), "1");
	KT_EXPECT_STREQ(t, row(vt, 2), "");
	KT_EXPECT_STREQ(t, row(vt, 4), "5");
	say(vt, "\033[?6h\033[1;1Htop\033[9;1Hend\033[?6l\033[r");
	KT_EXPECT_STREQ(t, row(vt, 1), "top");
	KT_EXPECT_STREQ(t, row(vt, 3), "end");
	say(vt, "\033[S");
	KT_EXPECT_STREQ(t, row(vt, 0), "top");
	say(vt, "\033[2T");
	KT_EXPECT_STREQ(t, row(vt, 2), "top");
}

static void test_colours(struct ktest *t)
{
	static const struct {
		const char *text;
		u8 attribute;
	} looks[] = {
		{"\033[m", 0x07},	  {"\033[31m", 0x04},	    {"\033[1m", 0x0c},
		{"\033[44m", 0x1c},	  {"\033[22;7m", 0x41},	    {"\033[27;39;49m", 0x07},
		{"\033[5m", 0x87},	  {"\033[0;92m", 0x0a},	    {"\033[0;4;34m", 0x09},
		{"\033[0;38;5;3m", 0x06}, {"\033[0;48;5;1m", 0x47}, {"\033[0;38;2;1;2;3m", 0x07},
		{"\033[0;33;104m", 0x16}, {"\033[;m", 0x07},
	};
	struct vt *vt = t->data;

	for (unsigned int i = 0; i < ARRAY_SIZE(looks); i++) {
		say(vt, "\033[H");
		say(vt, looks[i].text);
		say(vt, "x");
		KT_EXPECT_EQ(t, attribute_at(vt, 0, 0), looks[i].attribute);
	}
}

static void test_tab_stops(struct ktest *t)
{
	struct vt *vt = t->data;

	say(vt, "\033[3g\033[1;4H\033H\r\tx\ty");
	KT_EXPECT_EQ(t, vt->cells[3] & 0xff, 'x');
	KT_EXPECT_EQ(t, vt->cells[79] & 0xff, 'y');
	say(vt, "\033[1;4H\033[g\r\t");
	expect_cursor(t, vt, 0, 79);
}

static const char *answer(struct vt *vt, const char *question)
{
	static char text[32];

	say(vt, question);
	text[vt_take_answer(vt, text, sizeof(text) - 1)] = 0;
	return text;
}

static void test_questions(struct ktest *t)
{
	struct vt *vt = t->data;

	KT_EXPECT_STREQ(t, answer(vt, "\033[7;12H\033[6n"), "\033[7;12R");
	KT_EXPECT_STREQ(t, answer(vt, "\033[5n"), "\033[0n");
	KT_EXPECT_STREQ(t, answer(vt, "\033[c"), "\033[?6c");
	KT_EXPECT_STREQ(t, answer(vt, "\033Z"), "\033[?6c");
	KT_EXPECT_STREQ(t, answer(vt, "\033[?6n"), "");
	KT_EXPECT_STREQ(t, answer(vt, "x"), "");
}

/* A log line comes in the midst of a sequence, with colours and a scroll region set. */
static void test_kernel_lines(struct ktest *t)
{
	static const char log[] = "log\n";
	struct vt *vt = t->data;

	say(vt, "\033[41m\033[5;10r\033(0\033[3");
	vt_print(vt, log, sizeof(log) - 1);
	KT_EXPECT_STREQ(t, row(vt, 0), "log");
	KT_EXPECT_EQ(t, attribute_at(vt, 0, 0), VT_ATTRIBUTE);
	expect_cursor(t, vt, 1, 0);
	say(vt, "2mq");
	KT_EXPECT_EQ(t, vt->cells[VT_COLUMNS], VT_CELL(0xc4, 0x42));
	KT_EXPECT_EQ(t, vt->top * 100 + vt->bottom, 410u);
}

/* ---- at random */

struct screen {
	char cells[VT_ROWS][VT_COLUMNS];
	int row, column, top, bottom;
	bool wrap;
};

static void model_blank(struct screen *s, int from, int to)
{
	for (int i = from; i < to; i++)
		s->cells[i / (int)VT_COLUMNS][i % (int)VT_COLUMNS] = ' ';
}

/* Rows [top, bottom) move up (by > 0) or down; the cells that come in are blank. */
static void model_scroll(struct screen *s, int top, int bottom, int by)
{
	struct screen old = *s;

	for (int r = top; r < bottom; r++) {
		for (int c = 0; c < (int)VT_COLUMNS; c++) {
			bool inside = r + by >= top && r + by < bottom;

			s->cells[r][c] = inside ? old.cells[r + by][c] : ' ';
		}
	}
}

static void model_feed(struct screen *s)
{
	if (s->row + 1 == s->bottom)
		model_scroll(s, s->top, s->bottom, 1);
	else if (s->row + 1 < (int)VT_ROWS)
		s->row++;
}

static void model_put(struct screen *s, char c)
{
	if (s->wrap) {
		s->column = 0;
		model_feed(s);
	}
	s->cells[s->row][s->column] = c;
	s->wrap = s->column == (int)VT_COLUMNS - 1;
	s->column += !s->wrap;
}

/* Characters from the cursor on move right (by > 0) or left within the row. */
static void model_shift(struct screen *s, int by)
{
	struct screen old = *s;

	for (int c = s->column; c < (int)VT_COLUMNS; c++) {
		bool inside = c - by >= s->column && c - by < (int)VT_COLUMNS;

		s->cells[s->row][c] = inside ? old.cells[s->row][c - by] : ' ';
	}
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static void model_up_down(struct screen *s, int by)
{
	int low = s->row >= s->top ? s->top : 0;
	int high = s->row < s->bottom ? s->bottom - 1 : (int)VT_ROWS - 1;

	s->row = clamp(s->row + by, by < 0 ? low : 0, by > 0 ? high : (int)VT_ROWS - 1);
}

static void model_erase(struct screen *s, char what, int n)
{
	int here = s->row * (int)VT_COLUMNS + s->column;
	int first = what == 'K' ? s->row * (int)VT_COLUMNS : 0;
	int end = what == 'K' ? first + (int)VT_COLUMNS : (int)(VT_ROWS * VT_COLUMNS);

	model_blank(s, n == 0 ? here : first, n == 1 ? here + 1 : end);
	s->wrap = false;
}

/* ESC [ n letter */
static void model_csi(struct screen *s, char letter, int n)
{
	bool inside = s->row >= s->top && s->row < s->bottom;
	int at_least_1 = max(n, 1);

	switch (letter) {
	case 'A':
	case 'B':
		model_up_down(s, letter == 'A' ? -at_least_1 : at_least_1);
		s->wrap = false;
		break;
	case 'C':
	case 'D':
		s->column += letter == 'C' ? at_least_1 : -at_least_1;
		s->column = clamp(s->column, 0, (int)VT_COLUMNS - 1);
		s->wrap = false;
		break;
	case 'J':
	case 'K':
		model_erase(s, letter, n);
		break;
	case 'L':
	case 'M':
		if (inside)
			model_scroll(s, s->row, s->bottom,
				     letter == 'M' ? at_least_1 : -at_least_1);
		break;
	case '@':
	case 'P':
		model_shift(s, letter == '@' ? at_least_1 : -at_least_1);
		break;
	case 'X':
		for (int c = s->column; c < min(s->column + at_least_1, (int)VT_COLUMNS); c++)
			s->cells[s->row][c] = ' ';
		break;
	}
}

static void random_csi(struct prng *rng, struct screen *s, char *text, size_t size)
{
	static const char letters[] = "ABCDJKLM@PX";
	char letter = letters[prng_below(rng, sizeof(letters) - 1)];
	int n = (int)prng_below(rng, letter == 'J' || letter == 'K' ? 3 : 30);

	snprintf(text, size, "\033[%d%c", n, letter);
	model_csi(s, letter, n);
}

static void random_place(struct prng *rng, struct screen *s, char *text, size_t size)
{
	s->row = (int)prng_below(rng, VT_ROWS);
	s->column = (int)prng_below(rng, VT_COLUMNS);
	s->wrap = false;
	snprintf(text, size, "\033[%d;%dH", s->row + 1, s->column + 1);
}

static void random_region(struct prng *rng, struct screen *s, char *text, size_t size)
{
	int top = (int)prng_below(rng, VT_ROWS), bottom = (int)prng_below(rng, VT_ROWS) + 1;

	snprintf(text, size, "\033[%d;%dr", top + 1, bottom);
	if (top + 1 >= bottom)
		return;
	s->top = top;
	s->bottom = bottom;
	s->row = s->column = 0;
	s->wrap = false;
}

static void random_text(struct prng *rng, struct screen *s, char *text)
{
	u32 len = prng_below(rng, 30);

	for (u32 i = 0; i < len; i++) {
		*text = (char)('a' + prng_below(rng, 26));
		model_put(s, *text++);
	}
	*text = 0;
}

static void random_control(struct prng *rng, struct screen *s, char *text)
{
	u32 which = prng_below(rng, 4);

	strlcpy(text, which == 3 ? "\033M" : which == 2 ? "\b" : which ? "\r" : "\n", 4);
	s->wrap = false;
	if (which == 0)
		model_feed(s);
	else if (which == 1)
		s->column = 0;
	else if (which == 2)
		s->column -= s->column > 0;
	else if (s->row == s->top)
		model_scroll(s, s->top, s->bottom, -1);
	else
		s->row -= s->row > 0;
}

static void one_step(struct prng *rng, struct screen *s, char *text, size_t size)
{
	switch (prng_below(rng, 8)) {
	case 0:
		random_place(rng, s, text, size);
		break;
	case 1:
		random_control(rng, s, text);
		break;
	case 2:
		if (prng_below(rng, 8) == 0) {
			random_region(rng, s, text, size);
			break;
		}
		/* fall through */
	case 3:
	case 4:
		random_csi(rng, s, text, size);
		break;
	default:
		random_text(rng, s, text);
	}
}

static bool same_screen(const struct vt *vt, const struct screen *s)
{
	for (unsigned int i = 0; i < VT_ROWS * VT_COLUMNS; i++) {
		if ((char)vt->cells[i] != s->cells[i / VT_COLUMNS][i % VT_COLUMNS])
			return false;
	}
	return (int)vt->pen.row == s->row && (int)vt->pen.column == s->column;
}

static void test_against_model(struct ktest *t)
{
	struct screen *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct vt *vt = t->data;
	struct prng rng;
	char text[40];

	ktest_seed(t, &rng, 80 * 25);
	KT_ASSERT(t, s);
	s->bottom = VT_ROWS;
	model_blank(s, 0, VT_ROWS * VT_COLUMNS);
	for (int i = 0; i < 4000; i++) {
		one_step(&rng, s, text, sizeof(text));
		say(vt, text);
		if (same_screen(vt, s))
			continue;
		ktest_fail(t, __FILE__, __LINE__, "step %d: \"%s\": %u,%u for %d,%d", i, text + 1,
			   vt->pen.row, vt->pen.column, s->row, s->column);
		break;
	}
	kfree(s);
}

/* Any bytes at all: the cursor stays on the screen, and nothing else is written to. */
static void test_any_bytes(struct ktest *t)
{
	struct vt *vt = t->data;
	struct prng rng;

	ktest_seed(t, &rng, 12);
	for (int i = 0; i < 200000; i++) {
		u32 number = prng_next(&rng);
		char c = (char)(number >> 8);

		if (number % 4 == 0)
			c = "\033[;?0123456789mHJKLM@PXr"[number / 4 % 23];
		vt_write(vt, &c, 1);
		KT_ASSERT(t, vt->pen.row < VT_ROWS && vt->pen.column < VT_COLUMNS);
		KT_ASSERT(t, vt->top < vt->bottom && vt->bottom <= VT_ROWS);
	}
}

static const struct ktest_case cases[] = {
	KTEST(test_characters), KTEST(test_wrapping),  KTEST(test_cursor),
	KTEST(test_erasing),	KTEST(test_scrolling), KTEST(test_colours),
	KTEST(test_tab_stops),	KTEST(test_questions), KTEST(test_kernel_lines),
};
KTEST_SUITE_WITH(vt, KTEST_QUICK, cases, vt_setup, vt_teardown);

static const struct ktest_case long_cases[] = {
	KTEST(test_against_model),
	KTEST(test_any_bytes),
};
KTEST_SUITE_WITH(vt_long, 0, long_cases, vt_setup, vt_teardown);
