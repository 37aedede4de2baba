package understudy.demo.lab;

import understudy.time.Moment;

/**
 * A write that the service said it has on disk.
 *
 * @param at when the client had the answer
 */
public record Acknowledged(WrittenNumber write, Moment at) {}
