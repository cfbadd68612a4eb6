package dev.dmarshal.core.unit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Every rule again with caches: answers from what requests before it left in them, and each request twice. */
class CachedRulesTest {

    @BeforeAll
    static void begin() {
        Rig.cached = true;
    }

    @AfterAll
    static void end() {
        Rig.cached = false;
    }

    @Nested
    class Legacy extends LegacyTranslationTest {
    }

    @Nested
    class Scalable extends ScalableLookupTest {
    }

    @Nested
    class FirstStage extends FirstStageTest {
    }
}
