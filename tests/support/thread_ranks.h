/* Ranks that are threads of the test, and what they send one another. No
 * assertion may fail in them: they leave what they find for the test. */
#ifndef THREAD_RANKS_H
#define THREAD_RANKS_H

#include "problems/ranks.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A rank that has waited so many seconds will wait for ever. */
enum { MOST_RANKS = 16, LONGEST_WAIT = 20 };

typedef struct post_letter {
  size_t from, to, size;
  void *bytes;
  struct post_letter *next;
} post_letter;

typedef struct post_office {
  pthread_mutex_t lock;
  pthread_cond_t arrived;
  post_letter *letters; /* on the way, in the order they were sent */
  size_t count;
  size_t lost;                                /* who is, or MOST_RANKS */
  size_t bytes[MOST_RANKS], sent[MOST_RANKS]; /* by each */
  size_t mortal, last; /* a rank that is lost with so many letters sent */
} post_office;

/* What a rank does; its place in an array of what they work on is its rank. */
typedef void rank_work(const ys_ranks *ranks, void *context);

typedef struct thread_rank {
  ys_ranks ranks;
  ys_rider rider;
  post_office *office;
  rank_work *work;
  void *context;
  pthread_t thread;
} thread_rank;

static bool post_send(void *context, size_t to, const void *bytes,
                      size_t size) {
  thread_rank *rank = context;
  post_office *office = rank->office;
  post_letter *letter = malloc(sizeof *letter), **last = &office->letters;
  if (!size) /* who has nothing to say may have no memory for it */
    abort();
  *letter = (post_letter){rank->ranks.rank, to, size, malloc(size), NULL};
  memcpy(letter->bytes, bytes, size);
  pthread_mutex_lock(&office->lock);
  if (rank->ranks.rank == office->mortal &&
      office->sent[rank->ranks.rank] >= office->last)
    office->lost = rank->ranks.rank;
  const bool ok = office->lost == MOST_RANKS;
  while (*last)
    last = &(*last)->next;
  *last = letter;
  office->bytes[rank->ranks.rank] += size;
  office->sent[rank->ranks.rank]++;
  pthread_cond_broadcast(&office->arrived);
  pthread_mutex_unlock(&office->lock);
  return ok;
}

static post_letter **post_find(post_office *office, size_t from, size_t to) {
  post_letter **at = &office->letters;
  while (*at && ((*at)->from != from || (*at)->to != to))
    at = &(*at)->next;
  return at;
}

static bool post_receive(void *context, size_t from, void *bytes, size_t size) {
  thread_rank *rank = context;
  post_office *office = rank->office;
  post_letter **at = NULL, *letter = NULL;
  struct timespec until;
  int late = 0;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += LONGEST_WAIT;
  pthread_mutex_lock(&office->lock);
  while (!late && office->lost == MOST_RANKS &&
         !*(at = post_find(office, from, rank->ranks.rank)))
    late = pthread_cond_timedwait(&office->arrived, &office->lock, &until);
  if (!late && office->lost == MOST_RANKS) {
    letter = *at;
    *at = letter->next;
  }
  pthread_mutex_unlock(&office->lock);
  const bool ok = letter && letter->size == size;
  if (ok)
    memcpy(bytes, letter->bytes, size);
  if (letter)
    free(letter->bytes);
  free(letter);
  return ok;
}

static bool post_exchange(void *context, size_t other, const void *out,
                          void *in, size_t size) {
  return post_send(context, other, out, size) &&
         post_receive(context, other, in, size);
}

static const char *post_loss(void *context) {
  post_office *office = ((thread_rank *)context)->office;
  pthread_mutex_lock(&office->lock);
  const bool lost = office->lost != MOST_RANKS;
  pthread_mutex_unlock(&office->lock);
  return lost ? "a rank is lost" : NULL;
}

/* A rank is no more: whoever waits hears of it. */
static inline void post_lose(const ys_ranks *ranks) {
  post_office *office = ((thread_rank *)ranks->context)->office;
  pthread_mutex_lock(&office->lock);
  office->lost = ranks->rank;
  pthread_cond_broadcast(&office->arrived);
  pthread_mutex_unlock(&office->lock);
}

static void *post_start(void *context) {
  thread_rank *rank = context;
  rank->work(&rank->ranks, rank->context);
  return NULL;
}

/* Have `count` ranks do it, of which one, unless there is none of the number,
 * is lost with its `last` letter sent, and wait for them. */
static post_office run_mortal_ranks(size_t count, size_t mortal, size_t last,
                                    rank_work *work, void *context) {
  thread_rank ranks[MOST_RANKS];
  post_office office = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .arrived = PTHREAD_COND_INITIALIZER,
                        .count = count,
                        .lost = MOST_RANKS,
                        .mortal = mortal,
                        .last = last};
  ck_assert_uint_le(count, MOST_RANKS);
  for (size_t r = 0; r < count; r++) {
    ranks[r] =
        (thread_rank){.office = &office, .work = work, .context = context};
    ranks[r].ranks = (ys_ranks){.rank = r,
                                .count = count,
                                .send = post_send,
                                .receive = post_receive,
                                .exchange = post_exchange,
                                .loss = post_loss,
                                .context = &ranks[r],
                                .rider = &ranks[r].rider};
    ck_assert_int_eq(
        pthread_create(&ranks[r].thread, NULL, post_start, &ranks[r]), 0);
  }
  for (size_t r = 0; r < count; r++)
    pthread_join(ranks[r].thread, NULL);
  while (office.letters) { /* of those that were lost */
    post_letter *next = office.letters->next;
    free(office.letters->bytes);
    free(office.letters);
    office.letters = next;
  }
  return office;
}

static inline post_office run_ranks(size_t count, rank_work *work,
                                    void *context) {
  return run_mortal_ranks(count, MOST_RANKS, 0, work, context);
}

#endif
