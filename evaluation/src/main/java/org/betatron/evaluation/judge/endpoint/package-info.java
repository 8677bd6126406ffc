/// A language model behind an OpenAI-compatible chat endpoint as a judge.
///
/// Main types: [org.betatron.evaluation.judge.endpoint.EndpointJudge], which asks about both orders
/// of two answers, and [org.betatron.evaluation.judge.endpoint.EndpointSpec]. `ChatEndpoint` sends
/// and repeats, `ReplyCache` keeps what was answered. Nothing else in the project opens a
/// connection.
@NullMarked
package org.betatron.evaluation.judge.endpoint;

import org.jspecify.annotations.NullMarked;
