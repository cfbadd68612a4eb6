/** From what somebody wants to a plan, or to the reasons against it. */
package dev.dmarshal.passthrough.wish;
