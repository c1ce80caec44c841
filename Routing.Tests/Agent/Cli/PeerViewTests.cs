using Routing.Agent.Cli.Bgp;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Tests.Agent.Cli;

/// <summary>`routing bgp peers NAME` and `explain` as text, of what seldom happens.</summary>
[TestFixture]
public sealed class PeerViewTests
{
    [Test]
    public void Stale_and_refused_paths_are_counted_and_filters_stand_below()
    {
        var family = new PeerFamily
        {
            Family = "ipv4",
            Received = 9,
            Accepted = 5,
            Rejected = 3,
            Stale = 4,
            LongLivedStale = 2,
            Refused = 7,
            Advertised = 1,
            Filters = new ReceivedFilters
            {
                Entries =
                {
                    new ReceivedFilter { Action = "Reject", Prefix = "10.1.0.0/16" },
                    new ReceivedFilter { Action = "Accept", Prefix = "10.0.0.0/8", MinLength = 9, MaxLength = 24 },
                },
            },
        };
        var lines = Text(family);
        Assert.That(lines, Has.Some.EndsWith("9 received, 5 accepted, 3 rejected, 4 stale (2 for long), 1 advertised"));
        Assert.That(lines, Has.Some.EndsWith(" 7 paths refused: more than 128 of one prefix"));
        Assert.That(lines, Has.Some.Match("    wants +2 filters:$"));
        Assert.That(lines, Has.Some.Match("^ +Reject 10.1.0.0/16$"));
        Assert.That(lines, Has.Some.Match("^ +Accept 10.0.0.0/8 from /9 to /24$"));
    }

    [Test]
    public void Many_filters_are_cut_and_none_is_said()
    {
        var many = new PeerFamily { Family = "ipv4", Filters = new ReceivedFilters() };
        Assert.That(Text(many), Has.Some.Match("wants +all$"));
        many.Filters.Entries.AddRange(Enumerable.Range(0, 30).Select(i => new ReceivedFilter { Action = "Accept", Prefix = $"10.{i}.0.0/16" }));
        Assert.That(Text(many), Has.Some.EndsWith(" 10 more: -o json has all"));
    }

    [Test]
    public void Each_path_of_a_peer_that_takes_several_has_a_line_in_an_explanation()
    {
        var reply = new ExplainReply { Prefix = "10.0.0.0/8", DecidedBy = "OnlyPath" };
        var far = new ExplainedAdvertisement { Peer = "far", Advertised = true, Reason = "Advertised" };
        far.Paths.Add(new ExplainedPathAdvertisement
        {
            From = "tor-1",
            PathId = 7,
            Advertised = true,
            Reason = "Advertised",
            Sent = new RoutePath { NextHop = "192.0.2.1", PathId = 4, Origin = "IGP" },
        });
        far.Paths.Add(new ExplainedPathAdvertisement { From = "tor-2", Reason = "BeyondMaximum" });
        reply.Advertisements.Add(far);
        var text = new StringWriter();
        ExplanationTree.Write(reply, text);
        Assert.That(text.ToString(), Does.Contain("far: Advertised"));
        Assert.That(text.ToString(), Does.Contain("tor-1 path 7: Advertised as path 4"));
        Assert.That(text.ToString(), Does.Contain("next hop 192.0.2.1"));
        Assert.That(text.ToString(), Does.Contain("tor-2: BeyondMaximum"));
    }

    private static string[] Text(PeerFamily family)
    {
        var text = new StringWriter();
        var peer = new Peer
        {
            Name = "p1",
            Session = new PeerSession(),
            Transport = new PeerTransport(),
            Relation = new PeerRelation(),
            Restart = new PeerRestart(),
            Messages = new PeerMessages { Received = new MessageCounts(), Sent = new MessageCounts() },
            Administration = new PeerAdministration(),
            Families = { family },
        };
        PeerView.Write(peer, text);
        return text.ToString().Split('\n');
    }
}
