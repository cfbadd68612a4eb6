package dev.dmarshal.lab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which invalidations the architecture asks for before a change is certain to be seen (VT-d specification chapter 6). */
class StalenessTest {

    private static final int DOMAIN = 7;
    private static final int SOURCE = 0x0110;
    private static final Staleness.Request REQUEST = new Staleness.Request(SOURCE, DOMAIN, 0x20_1280);

    private final Staleness staleness = new Staleness();

    @Test
    void pageIsFreshAfterItsOwnInvalidationOnly() {
        staleness.paging(DOMAIN, 0x20_1000, 0x1000);
        assertThat(staleness.stale(REQUEST)).isTrue();
        assertThat(staleness.stale(new Staleness.Request(SOURCE, DOMAIN, 0x20_2000))).isFalse();
        assertThat(staleness.stale(new Staleness.Request(SOURCE, DOMAIN + 1, 0x20_1280))).isFalse();
        staleness.pagesInvalidated(DOMAIN, 0x20_2000, 0x1000);
        staleness.pagesInvalidated(DOMAIN + 1, 0x20_1000, 0x1000);
        staleness.translationsInvalidated(DOMAIN + 1);
        assertThat(staleness.stale(REQUEST)).isTrue();
        staleness.pagesInvalidated(DOMAIN, 0x20_0000, 0x2000);
        assertThat(staleness.stale(REQUEST)).isFalse();
    }

    @Test
    void contextEntryNeedsContextThenTranslations() {
        staleness.context(SOURCE, DOMAIN, false);
        staleness.translationsInvalidated();
        assertThat(staleness.stale(REQUEST)).as("translations before contexts do not help").isTrue();
        staleness.contextInvalidated(DOMAIN, SOURCE + 1);
        staleness.contextInvalidated(DOMAIN, SOURCE);
        assertThat(staleness.stale(REQUEST)).isTrue();
        staleness.translationsInvalidated(DOMAIN);
        assertThat(staleness.stale(REQUEST)).isFalse();
    }

    @Test
    void scalableContextEntryNeedsPasidsBetween() {
        staleness.context(SOURCE, DOMAIN, true);
        staleness.contextsInvalidated();
        staleness.translationsInvalidated();
        assertThat(staleness.stale(REQUEST)).isTrue();
        staleness.pasidsInvalidated(DOMAIN);
        staleness.translationsInvalidated();
        assertThat(staleness.stale(REQUEST)).isFalse();
    }

    @Test
    void rootEntryNeedsGlobalInvalidation() {
        staleness.root(1);
        assertThat(staleness.stale(new Staleness.Request(0x0010, DOMAIN, 0))).isFalse();
        staleness.contextsInvalidated(DOMAIN);
        staleness.pasidsInvalidated(DOMAIN);
        staleness.translationsInvalidated(DOMAIN);
        assertThat(staleness.stale(REQUEST)).isTrue();
        staleness.contextsInvalidated();
        staleness.pasidsInvalidated();
        staleness.translationsInvalidated();
        assertThat(staleness.stale(REQUEST)).isFalse();
    }
}
