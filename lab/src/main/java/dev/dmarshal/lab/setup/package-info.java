/** What the lab boots: brought by {@code setup.sh} into a cache folder, found there by {@link dev.dmarshal.lab.setup.Stock}. */
package dev.dmarshal.lab.setup;
