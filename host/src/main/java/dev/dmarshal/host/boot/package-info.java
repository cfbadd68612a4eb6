/** Boot loaders: what is configured, what is in force, and what will be in force after the next boot. */
package dev.dmarshal.host.boot;
