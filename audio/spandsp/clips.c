/* clips.c - see clips.h. */
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

#include "clips.h"

struct clip *clip_new(const uint8_t *g711, int samples, int alaw, int id)
{
    if (samples <= 0)
        return NULL;
    struct clip *clip = malloc(sizeof *clip + (size_t)samples);
    if (clip == NULL)
        return NULL;
    clip->next = NULL;
    clip->id = id;
    clip->alaw = alaw;
    clip->samples = samples;
    memcpy(clip->g711, g711, (size_t)samples);
    return clip;
}

int clip_free_all(struct clip *first)
{
    int count = 0;
    while (first != NULL) {
        struct clip *next = first->next;
        free(first);
        first = next;
        count++;
    }
    return count;
}

static void list_append(struct clip_list *list, struct clip *clip)
{
    if (list->last == NULL)
        list->first = clip;
    else
        list->last->next = clip;
    list->last = clip;
    clip->next = NULL;
}

static struct clip *list_take(struct clip_list *list)
{
    struct clip *clip = list->first;
    if (clip == NULL)
        return NULL;
    list->first = clip->next;
    if (list->first == NULL)
        list->last = NULL;
    clip->next = NULL;
    return clip;
}

void clips_append(struct clips *clips, struct clip *clip)
{
    list_append(&clips->waiting, clip);
}

static void decode(const struct clip *clip, int from, int16_t *pcm, int samples)
{
    for (int i = 0; i < samples; i++) {
        uint8_t code = clip->g711[from + i];
        pcm[i] = clip->alaw ? alaw_to_linear(code) : ulaw_to_linear(code);
    }
}

int clips_play(struct clips *clips, int16_t *pcm, int samples)
{
    int ended = 0;
    while (samples > 0 && clips->waiting.first != NULL) {
        struct clip *clip = clips->waiting.first;
        int left = clip->samples - clips->position;
        int part = left < samples ? left : samples;
        decode(clip, clips->position, pcm, part);
        pcm += part;
        samples -= part;
        clips->position += part;
        if (part == left) {
            list_append(&clips->finished, list_take(&clips->waiting));
            clips->position = 0;
            ended = 1;
        }
    }
    memset(pcm, 0, (size_t)samples * sizeof *pcm);
    return ended;
}

struct clip *clips_take_waiting(struct clips *clips)
{
    struct clip *first = clips->waiting.first;
    clips->waiting.first = NULL;
    clips->waiting.last = NULL;
    clips->position = 0;
    return first;
}

struct clip *clips_take_finished(struct clips *clips)
{
    return list_take(&clips->finished);
}
