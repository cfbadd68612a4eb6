package dev.dmarshal.lab.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Which translations hardware may still answer from tables that software has changed since (VT-d specification chapter 6).
 *
 * <p>Coarse on the safe side: a request that is called fresh has no excuse to differ, one that is called stale might.
 */
final class Staleness {

    /** What a change needs before it is certain to be seen. */
    private static final class Change {
        private final Predicate<Request> affects;
        private final int domain;
        private final int sourceId;
        private final long from;
        private final long size;
        private boolean needsContext;
        private boolean needsPasid;
        private boolean needsTranslation;

        Change(Predicate<Request> affects, int domain, int sourceId, long from, long size) {
            this.affects = affects;
            this.domain = domain;
            this.sourceId = sourceId;
            this.from = from;
            this.size = size;
            this.needsTranslation = true;
        }
    }

    /** A request of this source-id, whose function is attached to this domain, to this address. */
    record Request(int sourceId, int domain, long iova) {
    }

    /** For changes that touch every function of a bus, or all: no single source-id. */
    private static final int NO_SOURCE = 0x10000;

    private final List<Change> changes = new ArrayList<>();

    /** Whether hardware may answer the request from old tables. */
    boolean stale(Request request) {
        return changes.stream().anyMatch(change -> change.affects.test(request));
    }

    /** The root pointer, or everything. */
    void everything() {
        Change change = new Change(request -> true, 0x10000, NO_SOURCE, 0, -1);
        change.needsContext = true;
        change.needsPasid = true;
        changes.add(change);
    }

    /** A root entry. */
    void root(int bus) {
        Change change = new Change(request -> request.sourceId >>> 8 == bus, 0x10000, NO_SOURCE, 0, -1);
        change.needsContext = true;
        change.needsPasid = true;
        changes.add(change);
    }

    /** A context entry that was tagged with {@code domain}. */
    void context(int sourceId, int domain, boolean scalable) {
        Change change = new Change(request -> request.sourceId == sourceId, domain, sourceId, 0, -1);
        change.needsContext = true;
        change.needsPasid = scalable;
        changes.add(change);
    }

    /** A PASID directory or table entry that was tagged with {@code domain}. */
    void pasid(int sourceId, int domain) {
        Change change = new Change(request -> request.sourceId == sourceId, domain, sourceId, 0, -1);
        change.needsPasid = true;
        changes.add(change);
    }

    /** A paging entry that covers {@code size} bytes from {@code from}. */
    void paging(int domain, long from, long size) {
        changes.add(new Change(request -> request.domain == domain && request.iova - from >= 0 && request.iova - from < size, domain, NO_SOURCE, from, size));
    }

    /** All context entries were invalidated. */
    void contextsInvalidated() {
        invalidated(change -> change.needsContext = false);
    }

    /** A domain's context entries were invalidated. */
    void contextsInvalidated(int domain) {
        invalidated(change -> change.needsContext &= change.domain != domain);
    }

    /** A function's context entry under a domain was invalidated. */
    void contextInvalidated(int domain, int sourceId) {
        invalidated(change -> change.needsContext &= change.domain != domain || change.sourceId != sourceId);
    }

    /** All PASID entries were invalidated. */
    void pasidsInvalidated() {
        invalidated(change -> change.needsPasid &= change.needsContext);
    }

    /** A domain's PASID entries were invalidated. */
    void pasidsInvalidated(int domain) {
        invalidated(change -> change.needsPasid &= change.needsContext || change.domain != domain);
    }

    /** All translations were invalidated. */
    void translationsInvalidated() {
        invalidated(change -> change.needsTranslation &= change.needsContext || change.needsPasid);
    }

    /** A domain's translations were invalidated. */
    void translationsInvalidated(int domain) {
        invalidated(change -> change.needsTranslation &= change.needsContext || change.needsPasid || change.domain != domain);
    }

    /** A domain's translations of {@code size} bytes from {@code from} were invalidated. */
    void pagesInvalidated(int domain, long from, long size) {
        invalidated(change -> change.needsTranslation &= change.needsContext || change.needsPasid || change.domain != domain || change.size < 0
                || change.from < from || change.from + change.size > from + size);
    }

    private void invalidated(Consumer<Change> effect) {
        changes.forEach(effect);
        changes.removeIf(change -> !change.needsContext && !change.needsPasid && !change.needsTranslation);
    }
}
