/* msg.c - see msg.h. Look-ups are linear: a few hundred short strings, once per cell. */
#include "cli/msg.h"

#include "base/util.h"

struct pair {
	const char *key, *en, *ja;
};

static const struct pair messages[] = {
	[M_NONE] = { "", "", "" },
#define MSG(sym, en, ja) [M_##sym] = { #sym, en, ja },
#include "cli/msg.def"
#undef MSG
};

static const struct pair labels[] = {
#define LABEL(key, en, ja) { key, en, ja },
#define WORD(value, ja)
#define WORD_AS(key, en, ja)
#include "cli/words.def"
#undef LABEL
#undef WORD
#undef WORD_AS
};

static const struct pair words[] = {
#define LABEL(key, en, ja)
#define WORD(value, ja) { value, value, ja },
#define WORD_AS(key, en, ja) { key, en, ja },
#include "cli/words.def"
#undef LABEL
#undef WORD
#undef WORD_AS
};

const char *msg_text(enum msg m, enum lang lang)
{
	return lang == LANG_JA ? messages[m].ja : messages[m].en;
}

void msg_format(struct buf *out, enum msg m, enum lang lang, const char *const *args)
{
	const char *t = msg_text(m, lang);
	size_t n = 0;

	while (args && args[n])
		n++;
	for (; *t; t++) {
		if (t[0] == '{' && t[1] >= '0' && t[1] <= '9' && t[2] == '}' &&
		    (size_t)(t[1] - '0') < n) {
			buf_adds(out, args[t[1] - '0']);
			t += 2;
		} else {
			buf_addc(out, *t);
		}
	}
}

static const char *lookup(const struct pair *t, size_t n, const char *key, enum lang lang)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(t[i].key, key) == 0)
			return lang == LANG_JA ? t[i].ja : t[i].en;
	return NULL;
}

const char *msg_label(const char *field, enum lang lang)
{
	const char *found = lookup(labels, ARRAY_LEN(labels), field, lang);

	return found ? found : field;
}

const char *msg_word(const char *value, enum lang lang)
{
	const char *found = lookup(words, ARRAY_LEN(words), value, lang);

	return found ? found : value;
}
